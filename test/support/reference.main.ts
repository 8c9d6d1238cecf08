// Writes the table of the tools' options anew from the catalogue.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeReference, referenceFile } from './documents/optionsReference';

mkdirSync(path.dirname(referenceFile), { recursive: true });
writeFileSync(referenceFile, makeReference());
