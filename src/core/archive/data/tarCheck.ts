import type { ByteSource } from '../bytes/byteSource';
import { ProblemList, type CheckOptions, type StructureReport } from './structureReport';
import { walkTar } from '../file/tarMembers';
import type { Toc } from '../toc/toc';

/** The members that hold an entry's data: large objects are listed in a `blobs….toc`. */
export function tarMemberNames(toc: Toc, index: number): string[] {
  // The file name in the table of contents of a tar is not that of the large objects' member.
  if (toc.desc(index) === 'BLOBS') return [`blobs_${toc.dumpId(index)}.toc`, 'blobs.toc'];
  return [toc.fileName(index) ?? `${toc.dumpId(index)}.dat`];
}

/** Checks that a tar archive has every member it promises, each whole, and its end. */
export async function checkTarMembers(
  source: ByteSource,
  toc: Toc,
  options: CheckOptions,
): Promise<StructureReport> {
  const problems = new ProblemList();
  const dataSizes = new Map<number, number>();
  const walk = await walkTar(source, { signal: options.signal });
  const cut = walk.problem !== null ? walk.members.at(-1) : undefined;
  const sizes = new Map(walk.members.map((member) => [member.name, member.size]));
  for (const i of toc.withData()) {
    const names = tarMemberNames(toc, i);
    const name = names.find((candidate) => sizes.has(candidate));
    if (name === undefined) problems.add('missingData', names[0] ?? '', toc.dumpId(i));
    else if (name === cut?.name && cut.offset + cut.size > source.size) {
      problems.add('truncatedData', name, toc.dumpId(i), source.size);
    } else dataSizes.set(toc.dumpId(i), sizes.get(name) ?? 0);
  }
  if (walk.problem !== null) {
    problems.add('noEnd', walk.problem.reading, null, walk.problem.offset);
  } else if (walk.members.at(-1)?.name !== 'restore.sql') {
    problems.add('noEnd', 'restore.sql');
  }
  return { problems: problems.items, complete: problems.count === 0, dataSizes };
}
