import type { ToolEvent } from './toolEvents';
import { hasLostPrefix, splitTorn } from './tornLines';

/*
 * What the tools say, as data. Only this folder matches message text: everything else works on the
 * events and causes made here. The texts are those of PostgreSQL 12 to 18 in English, for which
 * tools run with LC_MESSAGES=C; what the server says can be in another language all the same.
 */

const TOOL_PREFIX = /^(?:(?:pg_dump|pg_restore|pg_dumpall)(?:\.exe)?: ?)+/;
/** Nearly all lines begin with one of these, and are told by it without a search. */
const USUAL_PREFIXES = ['pg_dump: ', 'pg_restore: '];

/**
 * What a line of stderr says; more than one event when the lines of parallel workers were torn and
 * mixed.
 */
export function parseLine(line: string): ToolEvent[] {
  if (line.startsWith('psql')) {
    const event = parsePsql(line);
    if (event) return [event];
  }
  // pg_dumpall prints every query and every pg_dump that it runs, which may contain any name.
  if (line.startsWith('pg_dumpall')) {
    const own = /^pg_dumpall(?:\.exe)?: ((?:executing SELECT|running) .*)$/s.exec(line)?.[1];
    if (own !== undefined) return [{ type: 'reading', text: own }];
  }
  const prefix = prefixLength(line);
  if (prefix === 0 && !hasLostPrefix(line)) return [parseUnprefixed(line)];
  const text = line.slice(prefix).trimStart();
  // An error may quote anything, so it is never searched for other messages.
  if (/^(?:error|warning|detail|hint|fatal): /.test(text)) return [parseMessage(text)];
  return splitTorn(text).map((part) => parseMessage(part));
}

/** 0: there is no prefix. */
function prefixLength(line: string): number {
  for (const usual of USUAL_PREFIXES) {
    if (line.startsWith(usual) && !line.startsWith('pg_', usual.length)) return usual.length;
  }
  return TOOL_PREFIX.exec(line)?.[0].length ?? 0;
}

function parseUnprefixed(line: string): ToolEvent {
  const command = /^Command was: (.*)/s.exec(line);
  if (command) return { type: 'sql', text: command[1] ?? '' };
  return { type: 'continuation', text: line };
}

function parseMessage(text: string): ToolEvent {
  // Most lines of a large dump: no other message begins with one of these words.
  if (READING.test(text)) return { type: 'reading', text };
  return parseDiagnostic(text) ?? parseRestoreState(text) ?? parseProgress(text) ?? other(text);
}

const READING =
  /^(?:reading|finding|flagging|identifying|saving(?! large objects)|last built-in OID) /;

function other(text: string): ToolEvent {
  return { type: 'other', text };
}

function parseDiagnostic(message: string): ToolEvent | null {
  // The space of another worker's prefix can come between: `pg_restore: pg_restore:error:  could not`.
  const match = /^(error|fatal|warning|detail|hint): +(.*)$/s.exec(message);
  if (!match) return null;
  const [, severity = '', text = ''] = match;
  // Up to 14 the statement and the server's words come as further errors.
  const sql = /^(?:The )?(?:query|command) was: (.*)$/is.exec(text);
  if (sql) return { type: 'sql', text: sql[1] ?? '' };
  const ignored = /^errors ignored on restore: (\d+)$/.exec(text);
  if (ignored) return { type: 'errorsIgnored', count: Number(ignored[1]) };
  if (severity === 'warning') return { type: 'warning', text };
  if (severity === 'detail' || severity === 'hint') return { type: 'more', text };
  if (text.startsWith('Error message from server: ')) return { type: 'more', text };
  return { type: 'error', text, line: null };
}

function parseRestoreState(text: string): ToolEvent | null {
  const entry = /^from TOC entry (\d+); (\d+) (\d+) (.*)$/s.exec(text);
  if (entry) {
    const [, dumpId, tableOid, oid, rest = ''] = entry;
    return {
      type: 'tocEntry',
      dumpId: Number(dumpId),
      tableOid: Number(tableOid),
      oid: Number(oid),
      text: rest,
    };
  }
  switch (text) {
    case 'while INITIALIZING:':
      return { type: 'during', phase: 'initializing' };
    case 'while PROCESSING TOC:':
      return { type: 'during', phase: 'processing' };
    case 'while FINALIZING:':
      return { type: 'during', phase: 'finalizing' };
    case 'connecting to database for restore':
      return { type: 'connecting' };
    case 'entering main parallel loop':
      return { type: 'parallelLoop', entering: true };
    case 'finished main parallel loop':
      return { type: 'parallelLoop', entering: false };
    default:
      return null;
  }
}

function parseProgress(text: string): ToolEvent | null {
  const item = /^(processing|launching|finished|skipping) item (\d+) (.*)$/s.exec(text);
  if (item) {
    const [, action, dumpId, label = ''] = item;
    return {
      type: 'item',
      action: action as 'processing' | 'launching' | 'finished' | 'skipping',
      dumpId: Number(dumpId),
      label,
    };
  }
  // A name may hold quotes and line breaks, and then the closing quote is on another line.
  const dumping = /^dumping contents of table "?(.*?)"?$/s.exec(text);
  if (dumping) return { type: 'dumpingTable', table: dumping[1] ?? '' };
  const database = /^dumping database "?(.*?)"?(?:\.\.\.)?$/s.exec(text);
  if (database) return { type: 'dumpingDatabase', database: database[1] ?? '' };
  const data = /^processing data for table "?(.*?)"?$/s.exec(text);
  if (data) return { type: 'processingData', table: data[1] ?? '' };
  const object = /^(creating|dropping) ([A-Z][A-Z ]*[A-Z]) "?(.*?)"?$/s.exec(text);
  if (object) {
    const [, verb, desc = '', name = ''] = object;
    return { type: verb === 'creating' ? 'creating' : 'dropping', desc, name };
  }
  if (text.startsWith('saving large objects')) return { type: 'savingLargeObjects' };
  if (text.startsWith('processing BLOBS')) return { type: 'processingLargeObjects' };
  const largeObject = /^restoring large object with OID (\d+)/.exec(text);
  if (largeObject) return { type: 'restoringLargeObject', oid: Number(largeObject[1]) };
  // 18 also prints `executing SELECT pg_catalog.set_config(…)`, which is not an entry.
  const executing = /^executing (?!SELECT)(.*)$/s.exec(text);
  if (executing) return { type: 'executing', text: executing[1] ?? '' };
  // Other messages of the server, passed on by libpq.
  const notice = /^([\p{Lu}\p{Lo}ა-ჰ]{2,}):\s\s(.*)$/su.exec(text);
  if (notice && HARMLESS_SEVERITIES.has(notice[1] ?? '')) {
    return { type: 'notice', text: notice[2] ?? '' };
  }
  return null;
}

/**
 * Severities that are not errors, in the languages of servers. All are in capitals, or in letters that
 * have none; Georgian ones (ა-ჰ) have, and no server writes them.
 */
const HARMLESS_SEVERITIES = new Set(
  `NOTICE WARNING INFO LOG DEBUG HINWEIS WARNUNG ATTENTION ADVERTENCIA AVISO NOTA NOTIFICA
   ATTENZIONE UWAGA OSTRZEŻENIE INFORMACJA ЗАМЕЧАНИЕ ПРЕДУПРЕЖДЕНИЕ ИНФОРМАЦИЯ ПОВІДОМЛЕННЯ
   ПОПЕРЕДЖЕННЯ ІНФОРМАЦІЯ NOTIS VARNING NOT UYARI BİLGİ PERINGATAN გაფრთხილება ინფორმაცია 注意 警告
   信息 資訊 알림 경고 정보 情報`.split(/\s+/),
);

/** `psql:FILE:LINE: …` and `psql: …`. FILE may hold anything, also colons. */
function parsePsql(line: string): ToolEvent | null {
  const inScript = /^psql(?:\.exe)?:.*?:(\d+): (.*)$/s.exec(line);
  const number = inScript ? Number(inScript[1]) : null;
  const text = inScript?.[2] ?? /^psql(?:\.exe)?: (.*)$/s.exec(line)?.[1];
  if (text === undefined) return null;
  const own = /^(error|fatal|warning|detail|hint): (.*)$/s.exec(text);
  if (own) {
    const [, severity, words = ''] = own;
    if (severity === 'warning') return { type: 'warning', text: words };
    if (severity === 'detail' || severity === 'hint') return { type: 'more', text: words };
    return { type: 'error', text: words, line: number };
  }
  const statement = /^STATEMENT:\s\s?(.*)$/s.exec(text);
  if (statement) return { type: 'sql', text: statement[1] ?? '' };
  const server = /^([\p{L}]+\d?):\s\s?(?:([0-9A-Z]{5}): )?(.*)$/su.exec(text);
  if (!server) return number === null ? null : { type: 'other', text };
  const [, severity = '', sqlState, words = ''] = server;
  const state = sqlState === undefined ? {} : { sqlState };
  if (HARMLESS_SEVERITIES.has(severity.replace(/\d$/, ''))) {
    return { type: 'notice', text: words, ...state };
  }
  return { type: 'error', text: words, line: number, ...state };
}
