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

/** A call, also of what is written as if it were a column of a row. */
const CALL =
  /(?<![a-z0-9_])([a-z_][a-z0-9_$]{0,63})"?\s{0,99}\(|\.\s{0,99}"?([a-z_][a-z0-9_$]{0,63})/g;

/** How many calls between routines are remembered. */
const MAX_CALLS = 200_000;

/** What may run when a row is changed, or a definition. */
type TriggerKind = 'rows' | 'definitions';

/**
 * What a dump makes that is harmless until something in the dump uses it: routines that put their
 * statements together, so that nobody can tell what they do, foreign tables, and the views and routines
 * that use those. Names count without their schemas.
 */
export class DynamicCode {
  private readonly routines = new Set<string>();
  /** Which routines call one of a name: a body may call what is made only later. */
  private readonly callers = new Map<string, Set<string>>();
  private calls = 0;
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
    if (DYNAMIC.test(body)) this.addRoutine(name);
    for (const [, function_, attribute = ''] of body.toLowerCase().matchAll(CALL)) {
      const called = function_ ?? attribute;
      if (this.routines.has(called)) this.addRoutine(name);
      else if (this.calls < MAX_CALLS) this.addCaller(called, name);
    }
  }

  /** A routine that calls one of them: so do those that call it, also where they were made before. */
  addRoutine(name: string): void {
    const added = [name];
    for (let next = added.pop(); next !== undefined; next = added.pop()) {
      if (this.routines.has(next)) continue;
      this.routines.add(next);
      this.begins(next);
      for (const caller of this.callers.get(next) ?? []) added.push(caller);
    }
  }

  private addCaller(called: string, caller: string): void {
    const known = this.callers.get(called);
    if (known?.has(caller) === true) return;
    this.calls++;
    if (known) known.add(caller);
    else this.callers.set(called, new Set([caller]));
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
