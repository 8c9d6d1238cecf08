import type { ForeignKind } from '../../model/archive';

/** The kind of a text file that is not a dump, and a part of its text that explains what it is. */
export interface ForeignText {
  looksLike: ForeignKind;
  text?: string;
}

/** How to recognise one kind of text that users mistake for a dump. */
interface Signature {
  looksLike: ForeignKind;
  /** Must match at the beginning of the text or of a line. */
  mark: RegExp;
  /** Must match somewhere in the text, too. */
  also?: RegExp;
  /** Finds the part of the text to show: the first group of the first expression that matches. */
  says?: readonly RegExp[];
}

/**
 * The first match counts. Marks are whole words that the programs write: a hand-written script for
 * PostgreSQL must match none of them.
 */
const SIGNATURES: readonly Signature[] = [
  {
    looksLike: 'gitLfs',
    mark: /^version https:\/\/(?:git-lfs\.github|hawser\.github)\.com\/spec\//,
  },
  {
    looksLike: 'dumpMessage',
    mark: /^\s*(?:\S*[/\\])?pg_dump(?:all)?(?:\.exe)?: /,
    says: [
      /^(?:\S*[/\\])?pg_dump(?:all)?(?:\.exe)?: ((?:error|fatal): .*)$/im,
      /^\s*(?:\S*[/\\])?pg_dump(?:all)?(?:\.exe)?: (.*)/,
    ],
  },
  {
    looksLike: 'dumpMessage',
    mark: /^.{0,200}pg_dump(?:all)?(?:\.exe)?['"]?:? .{0,80}(?:not found|No such file|not recognized)/,
    says: [/^(.*)/],
  },
  {
    looksLike: 'html',
    mark: /^\s*(?:<!--[\s\S]{0,2000}?-->\s*)?(?:<!doctype html|<html|<head|<body)\b/i,
    says: [/<title[^>]*>\s*([^<]{1,200}?)\s*<\/title>/i, /<h1[^>]*>\s*([^<]{1,200}?)\s*<\/h1>/i],
  },
  { looksLike: 'frameworkData', mark: /^\s*(?:<\?xml[^>]*>\s*)?<django-objects\b/ },
  { looksLike: 'frameworkData', mark: /^\s*(?:#.*\s+)*- (?:model: \w+\.\w+|fields:)\s/ },
  {
    looksLike: 'xml',
    mark: /^\s*<(?:\?xml\b|[A-Za-z_][\w:.-]*[\s>])/,
    says: [/<Message>\s*([^<]{1,300}?)\s*<\/Message>/i, /<Code>\s*([^<]{1,100}?)\s*<\/Code>/i],
  },
  {
    looksLike: 'frameworkData',
    mark: /^\s*\[\s*\{/,
    also: /"(?:model|pk|fields)"\s*:[\s\S]*"(?:model|pk|fields)"\s*:/,
  },
  { looksLike: 'mongo', mark: /^\s*\[?\s*\{\s*"_id"\s*:/ },
  {
    looksLike: 'json',
    mark: /^\s*(?:\{\s*(?:"|\})|\[\s*(?:[{["\d\]]|true|false|null))/,
    says: [
      /"(?:error_description|errorMessage|message|detail|title)"\s*:\s*"((?:[^"\\]|\\.){1,300})"/i,
      /"error"\s*:\s*"((?:[^"\\]|\\.){1,300})"/i,
    ],
  },
  {
    looksLike: 'mysql',
    mark: /^(?:-- (?:MySQL|MariaDB) dump|-- (?:phpMyAdmin|Adminer \S+ MySQL)|\/\*M?!\d{5,6})/m,
  },
  {
    looksLike: 'mysql',
    mark: /^\s*(?:CREATE TABLE|INSERT(?: IGNORE)? INTO|DROP TABLE|LOCK TABLES|USE)\s+(?:IF (?:NOT )?EXISTS\s+)?`/im,
  },
  {
    looksLike: 'sqlite',
    mark: /^\s*PRAGMA foreign_keys\s*=\s*(?:ON|OFF);\s*\n\s*BEGIN TRANSACTION;/,
  },
  {
    looksLike: 'sqlServer',
    mark: /^\s*GO\s*$/im,
    also: /^\s*(?:USE \[|SET (?:ANSI_NULLS|QUOTED_IDENTIFIER|NOCOUNT|IDENTITY_INSERT)\b|\/\*{4,} Object: |(?:CREATE|ALTER|INSERT|DROP|EXEC)\b[^\n]*\[)/im,
  },
  {
    looksLike: 'sqlServer',
    mark: /^\s*(?:SET IDENTITY_INSERT \S+ (?:ON|OFF)|(?:CREATE TABLE|INSERT(?: INTO)?) \[\w+\]\.\[\w+\])/im,
  },
  {
    looksLike: 'oracle',
    mark: /^(?:REM INSERTING into|SET DEFINE OFF;?\s*$|--\s+(?:DDL for|File created - ))/im,
    also: /\b(?:VARCHAR2|NUMBER|NVARCHAR2)\s*\(|^REM |to_(?:date|timestamp)\(|SEGMENT CREATION|"SYSTEM"|TABLESPACE "/im,
  },
  { looksLike: 'uuencoded', mark: /^\s*begin(?:-base64)? [0-7]{3,4} \S/ },
  { looksLike: 'redis', mark: /^\*\d+\r?\n\$\d+\r?\n/ },
  {
    looksLike: 'encrypted',
    mark: /^(?:\$ANSIBLE_VAULT;|-----BEGIN (?:AGE ENCRYPTED FILE|PGP MESSAGE)-----)/,
  },
];

/** Maximum number of characters that are shown of a foreign file. */
const SHOWN = 300;

/**
 * Recognises a text that is not a script of pg_dump. `text` is the file's beginning, without a byte
 * order mark and with LF line ends; null = unknown.
 */
export function foreignText(text: string): ForeignText | null {
  for (const { looksLike, mark, also, says } of SIGNATURES) {
    if (!mark.test(text) || (also !== undefined && !also.test(text))) continue;
    for (const each of says ?? []) {
      const said = each.exec(text)?.[1]?.trim();
      if (said) return { looksLike, text: said.slice(0, SHOWN) };
    }
    return { looksLike };
  }
  return null;
}
