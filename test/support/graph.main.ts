// `npm run graph`: prints which room imports which; with --write also into CONTRIBUTING.md.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { drawRooms, GRAPH_BEGIN, GRAPH_END, readFileGraph } from './documents/importGraph';
import { repoPaths } from './repoPaths';

const drawn = drawRooms(readFileGraph());
console.log(drawn);
if (process.argv.includes('--write')) {
  const file = path.join(repoPaths.root, 'CONTRIBUTING.md');
  const text = readFileSync(file, 'utf8');
  const [before] = text.split(GRAPH_BEGIN);
  const [, after] = text.split(GRAPH_END);
  if (before === undefined || after === undefined) throw new Error('CONTRIBUTING.md has no marks');
  writeFileSync(
    file,
    `${before}${GRAPH_BEGIN}\n\n\`\`\`text\n${drawn}\n\`\`\`\n\n${GRAPH_END}${after}`,
  );
}
