import { bytesOf } from './dumpFiles';

const plain = (): string => bytesOf('mini.16.none.dump').toString('base64url');
const lines = (text: string, between: string): string => text.replace(/.{76}/g, `$&${between}`);

/** How base64 is laid out where people have copied it from; each of them holds `mini.16.none.dump`. */
export const base64Layouts: readonly (readonly [how: string, content: () => Buffer | string])[] = [
  ['in lines', () => lines(bytesOf('mini.16.none.dump').toString('base64'), '\r\n')],
  ['in the alphabet of URLs', plain],
  ['in lines of the alphabet of URLs', () => lines(plain(), '\n')],
  ['that is indented', () => lines(plain(), '\n\t  ')],
  ['with empty lines', () => `\r\n${lines(plain(), '\r\n\r\n')}`],
  ['in a data URL', () => `data:application/octet-stream;base64,${plain()}`],
  ['with a mark of UTF-8', () => `\uFEFF${plain()}`],
  [
    'in a data URL as PowerShell writes it',
    () => Buffer.from(`\uFEFFdata:;base64,${plain()}`, 'utf16le'),
  ],
];
