import type { ReachKind } from '../../model/archive';
import { withoutComments } from './functionBody';

/**
 * A pattern for a string constant. In a function body that is itself a string, quotes are doubled.
 * As two quotes can also be an empty string, a word must follow them.
 */
function constant(inside: string): string {
  return `(?:'(?!')${inside}{0,1000}'(?!')|''(?=[a-z])${inside}{0,1000}''(?!'))`;
}

/** What follows a statement that is passed as a single constant. */
const END = String.raw`\s{0,99}(?:;|into\b|using\b|loop\b)`;
const STATIC = [
  String.raw`(?:function|procedure|on|any|all)\b`,
  String.raw`${constant("[^']")}${END}`,
  String.raw`format\s{0,9}\(\s{0,99}${constant(String.raw`(?:[^'%]|%(?:\d\$)?[IL]|%%)`)}\s{0,99}(?:,[^()';]{0,400})?\)${END}`,
];
/** A statement that is built when it runs. (Constant statements are examined where they are.) */
const DYNAMIC = new RegExp(
  String.raw`\bexecute\b(?!\s{0,99}(?:${STATIC.join('|')}))` +
    String.raw`|\b(?:spi_(?:exec|prepare|query)|plv8\s{0,9}\.\s{0,9}(?:execute|prepare))`,
  'i',
);

/** A function call, also in the notation of a row's column. */
const CALL =
  /(?<![a-z0-9_])([a-z_][a-z0-9_$]{0,63})"?\s{0,99}\(|\.\s{0,99}"?([a-z_][a-z0-9_$]{0,63})/g;

/** Maximum number of calls between routines that are remembered. */
const MAX_CALLS = 200_000;

/** What fires a trigger: a change of rows, or of definitions (event trigger). */
type TriggerKind = 'rows' | 'definitions';

/**
 * Remembers objects of a dump that are harmless until something in the dump uses them: routines that
 * build statements, so that nobody can tell what they do; foreign tables; and views and routines that
 * use those. Names are compared without their schemas.
 */
export class DynamicCode {
  private readonly routines = new Set<string>();
  /** The callers of each routine, because a body may call a routine that is created later. */
  private readonly callers = new Map<string, Set<string>>();
  private calls = 0;
  private readonly relations = new Map<string, ReachKind>();
  private readonly triggers = new Map<TriggerKind, string>();
  /** First bytes (lower case) of the remembered names, to skip most words quickly. */
  private readonly beginnings = new Uint8Array(256);
  private isEmpty = true;

  /** Can a word with this first byte be a remembered name? Called for every word of a script. */
  mayBe(firstByte: number): boolean {
    return !this.isEmpty && this.beginnings[firstByte | 32] === 1;
  }

  isRoutine(name: string): boolean {
    return this.routines.has(name);
  }

  /** What reading or writing the relation can do; undefined = nothing special. */
  relation(name: string): ReachKind | undefined {
    return this.relations.get(name);
  }

  /** Adds a routine with this body. */
  addBody(name: string, written: string): void {
    const body = withoutComments(written);
    if (DYNAMIC.test(body)) this.addRoutine(name);
    for (const [, function_, attribute = ''] of body.toLowerCase().matchAll(CALL)) {
      const called = function_ ?? attribute;
      if (this.routines.has(called)) this.addRoutine(name);
      else if (this.calls < MAX_CALLS) this.addCaller(called, name);
    }
  }

  /** Adds a routine that builds statements or calls one that does, and all of its callers. */
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

  /** Adds a foreign table, or a view that uses a remembered routine or relation. */
  addRelation(name: string, kind: ReachKind): void {
    this.relations.set(name, kind);
    this.begins(name);
  }

  /** Records that a trigger runs the routine. */
  setTrigger(kind: TriggerKind, routine: string): void {
    this.triggers.set(kind, routine);
  }

  /** The routine that a statement with this first word may fire; null = none. */
  setOff(verb: string): string | null {
    if (this.triggers.size === 0) return null;
    if (/^(?:insert|update|delete|merge|copy|truncate)$/.test(verb)) {
      return this.triggers.get('rows') ?? null;
    }
    return /^(?:create|alter|drop|refresh)$/.test(verb)
      ? (this.triggers.get('definitions') ?? null)
      : null;
  }

  /** The script continues in another database, where these triggers do not exist. */
  connect(): void {
    this.triggers.clear();
  }

  private begins(name: string): void {
    this.isEmpty = false;
    this.beginnings[(Buffer.from(name)[0] ?? 0) | 32] = 1;
  }
}
