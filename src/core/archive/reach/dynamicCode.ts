import type { ReachKind } from '../../model/archive';
import { withoutComments } from './functionBody';

/**
 * A constant and no more: in a body that is a string itself its quotes are doubled, and since two quotes
 * could be an empty string as well, a word has to follow them.
 */
function constant(inside: string): string {
  return `(?:'(?!')${inside}{0,1000}'(?!')|''(?=[a-z])${inside}{0,1000}''(?!'))`;
}

/** What follows a statement that is given as a whole. */
const END = String.raw`\s{0,99}(?:;|into\b|using\b|loop\b)`;
const STATIC = [
  String.raw`(?:function|procedure|on|any|all)\b`,
  String.raw`${constant("[^']")}${END}`,
  String.raw`format\s{0,9}\(\s{0,99}${constant(String.raw`(?:[^'%]|%(?:\d\$)?[IL]|%%)`)}\s{0,99}(?:,[^()';]{0,400})?\)${END}`,
];
/** A statement that is put together when it runs; one that stands there as a string is read where it stands. */
const DYNAMIC = new RegExp(
  String.raw`\bexecute\b(?!\s{0,99}(?:${STATIC.join('|')}))` +
    String.raw`|\b(?:spi_(?:exec|prepare|query)|plv8\s{0,9}\.\s{0,9}(?:execute|prepare))`,
  'i',
);

const CALL = /(?<![a-z0-9_])([a-z_][a-z0-9_$]{0,63})"?\s{0,99}\(/g;

/** What may run when a row is changed, or a definition. */
type TriggerKind = 'rows' | 'definitions';

/**
 * What a dump makes that is harmless until something in the dump uses it: routines that put their
 * statements together, so that nobody can tell what they do, foreign tables, and the views and routines
 * that use those. Names count without their schemas.
 */
export class DynamicCode {
  private readonly routines = new Set<string>();
  private readonly relations = new Map<string, ReachKind>();
  private readonly triggers = new Map<TriggerKind, string>();
  /** By the first byte of names, in lower case: everything else is passed over at once. */
  private readonly beginnings = new Uint8Array(256);
  private isEmpty = true;

  /** Might the word be one of the names? Asked of every word of a script. */
  mayBe(firstByte: number): boolean {
    return !this.isEmpty && this.beginnings[firstByte | 32] === 1;
  }

  isRoutine(name: string): boolean {
    return this.routines.has(name);
  }

  /** What reading or writing the relation comes to; undefined = nothing. */
  relation(name: string): ReachKind | undefined {
    return this.relations.get(name);
  }

  /** A routine with this body. */
  addBody(name: string, written: string): void {
    const body = withoutComments(written);
    const calls = (): boolean =>
      [...body.toLowerCase().matchAll(CALL)].some(([, called = '']) => this.routines.has(called));
    if (DYNAMIC.test(body) || (!this.isEmpty && calls())) this.addRoutine(name);
  }

  /** A routine that calls one of them. */
  addRoutine(name: string): void {
    this.routines.add(name);
    this.begins(name);
  }

  /** A view that calls one of them or reads another such relation, or a foreign table. */
  addRelation(name: string, kind: ReachKind): void {
    this.relations.set(name, kind);
    this.begins(name);
  }

  /** From now on the routine runs by itself. */
  setTrigger(kind: TriggerKind, routine: string): void {
    this.triggers.set(kind, routine);
  }

  /** The routine that a statement of this verb may set off; null = none. */
  setOff(verb: string): string | null {
    if (this.triggers.size === 0) return null;
    if (/^(?:insert|update|delete|merge|copy|truncate)$/.test(verb)) {
      return this.triggers.get('rows') ?? null;
    }
    return /^(?:create|alter|drop|refresh)$/.test(verb)
      ? (this.triggers.get('definitions') ?? null)
      : null;
  }

  /** Another database, whose rows set off none of these triggers. */
  connect(): void {
    this.triggers.clear();
  }

  private begins(name: string): void {
    this.isEmpty = false;
    this.beginnings[(Buffer.from(name)[0] ?? 0) | 32] = 1;
  }
}
