/**
 * What a form holds: the options that it began with, and what was chosen since, each choice with the
 * fields that it set. The options that are shown are made from these anew each time, with what
 * depends on them. So a value that the form changed by itself returns when its cause goes, and what
 * somebody chose is never confused with what followed from it.
 */
export interface Choices<T> {
  readonly base: T;
  /** The oldest first; a field is in one of them at most. */
  readonly made: readonly Partial<T>[];
}

/** A form as it is opened. */
export function beginChoices<T>(base: T): Choices<T> {
  return { base, made: [] };
}

/** With one more choice, which counts instead of earlier ones of the same fields. */
export function choose<T extends object>(
  { base, made }: Choices<T>,
  patch: Partial<T>,
): Choices<T> {
  const fields = new Set(Object.keys(patch));
  const others = withoutFields(made, (field) => fields.has(field));
  return { base, made: [...others, patch] };
}

/** Begins with other values for some fields; what was chosen stays chosen. */
export function withNewBase<T extends object>(
  { base, made }: Choices<T>,
  patch: Partial<T>,
): Choices<T> {
  return { base: { ...base, ...patch }, made };
}

/** As if nobody had chosen anything for these fields, which get new values to begin with. */
export function forget<T extends object>(choices: Choices<T>, values: Partial<T>): Choices<T> {
  const made = withoutFields(choices.made, (field) => field in values);
  return withNewBase({ base: choices.base, made }, values);
}

/** The fields that somebody chose a value for, the latest last. */
export function chosenFields<T extends object>({ made }: Choices<T>): (keyof T)[] {
  return made.flatMap((patch) => Object.keys(patch) as (keyof T)[]);
}

/** Everything as it was chosen, without what depends on it. */
export function chosenOptions<T extends object>({ base, made }: Choices<T>): T {
  return made.reduce<T>((options, patch) => ({ ...options, ...patch }), base);
}

/**
 * The choices of a form that is opened again: `touched` fields, the latest last, have values of
 * somebody's choice in `options`; before that they had their `defaults`.
 */
export function resumeChoices<T extends object>(
  options: T,
  explicitFields: readonly (keyof T)[],
  defaults: Partial<T>,
): Choices<T> {
  const base = { ...options };
  const made: Partial<T>[] = [];
  for (const field of explicitFields) {
    const value = options[field];
    const before = defaults[field];
    if (before === undefined) continue;
    base[field] = before;
    made.push({ [field]: value } as unknown as Partial<T>);
  }
  return { base, made };
}

/** The options that follow, `change` applying each choice together with what depends on it. */
export function applyChoices<T>(
  { base, made }: Choices<T>,
  change: (options: T, patch: Partial<T>) => T,
): T {
  return made.reduce<T>((options, patch) => change(options, patch), base);
}

function withoutFields<T extends object>(
  made: readonly Partial<T>[],
  drop: (field: string) => boolean,
): Partial<T>[] {
  return made
    .map((patch) => Object.entries(patch).filter(([field]) => !drop(field)))
    .filter((entries) => entries.length > 0)
    .map((entries) => Object.fromEntries(entries) as Partial<T>);
}
