import type { ErrorCode } from '../../../src/core/errors';
import type { BackupInfo, Packaging } from '../../../src/core/model/archive';
import type { RestoreOptions } from '../../../src/core/model/options';

/** One file of the corpus: how real tools make it, and how the extension has to treat it. */
export interface CorpusEntry {
  /** Below `test/fixtures/files`, with the folder of its own where it has one: what is opened. */
  file: string;
  /**
   * Lines for bash, in the folder that `file` lies in, with the tools of `major` in the path and the
   * database `shop` to connect to. `$NAME` is the last part of `file`.
   */
  make: string;
  /** Of server and tools; default 17. */
  major?: number;
  verdict: Verdict;
}

export type Verdict = Opens | Refused;

/** The file is a dump: it opens as a document and can be restored. */
export interface Opens {
  opens: BackupInfo['format'];
  /** How it is packed, from the outermost; default not at all. */
  by?: Packaging[];
  /** Which dump of a zip or tar it is. */
  member?: string;
  /** Holds for the facts that the form shows of the file. */
  info?: (info: BackupInfo) => boolean;
  /** Options of its restore, where they differ from the defaults. */
  options?: Partial<RestoreOptions>;
  /** The error with which the job refuses it before anything runs; left out = it is restored. */
  restore?: ErrorCode;
  /** Some rows differ from those of the database, because a program changed them on the way. */
  otherRows?: true;
}

/** The file is not a dump, or cannot be salvaged. */
export interface Refused {
  refused: ErrorCode;
  /** Details that the error must have. */
  details?: Readonly<Record<string, unknown>>;
  /** What the error's sentence must contain: what the file is, or what to do next. */
  says: RegExp;
}

/**
 * The database of which the files are dumps: small, with one object of each kind that dumps treat
 * differently.
 */
export const SHOP = `
CREATE SCHEMA app;
COMMENT ON SCHEMA app IS 'Kunden und Aufträge';
CREATE TYPE app.state AS ENUM ('new', 'paid', 'sent');
CREATE TABLE app.customer (id serial PRIMARY KEY, name text NOT NULL, notes text);
CREATE TABLE app.orders (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id int NOT NULL REFERENCES app.customer,
  state app.state DEFAULT 'new',
  data bytea
);
CREATE INDEX ON app.orders (customer_id);
CREATE VIEW app.paid AS SELECT * FROM app.orders WHERE state = 'paid';
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- pg_dump: error: this is no message
  RETURN NEW;
END $$;
CREATE TRIGGER touch BEFORE UPDATE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.touch();
INSERT INTO app.customer (name, notes)
  SELECT name || ' ' || n, notes FROM generate_series(1, 12) n,
    (VALUES ('dörTerra', 'Größe übermäßig'), ('café naïve', E'two\\nlines'), ('Ærø', NULL)) v (name, notes);
INSERT INTO app.orders (customer_id, state, data)
  SELECT n % 36 + 1, (ARRAY['new', 'paid', 'sent'])[n % 3 + 1]::app.state,
    decode(md5(n::text) || md5((-n)::text), 'hex') FROM generate_series(1, 60) n;
SELECT lo_from_bytea(4711, 'a large object');
COMMENT ON TABLE app.orders IS 'DROP DATABASE shop;';
`;
