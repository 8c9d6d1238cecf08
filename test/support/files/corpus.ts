import path from 'node:path';
import { repoPaths } from '../repoPaths';
import type { CorpusEntry } from './entry';
import { packedFiles } from './packedFiles';
import { ruinedFiles } from './ruinedFiles';
import { wholeFiles } from './wholeFiles';

/** Every kind of file that people have, as real tools leave it: see `npm run corpus`. */
export const corpus: readonly CorpusEntry[] = [...wholeFiles, ...packedFiles, ...ruinedFiles];

/** Where they lie. */
export const corpusDir = path.join(repoPaths.fixtures, 'files');

/** Absolute path of an entry. */
export const corpusFile = ({ file }: CorpusEntry): string => path.join(corpusDir, file);
