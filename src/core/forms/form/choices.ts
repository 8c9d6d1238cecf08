/**
 * State of a form: its initial options, and the user's choices since, each with the fields that it
 * set. The shown options are derived from these each time, with the fields that depend on them. So
 * a value that the form changed by itself returns when its cause is gone, and choices are never
 * confused with their consequences.
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

/** Removes the choices for these fields and gives them new initial values. */
export function forget<T extends object>(choices: Choices<T>, values: Partial<T>): Choices<T> {
  const made = withoutFields(choices.made, (field) => field in values);
  return withNewBase({ base: choices.base, made }, values);
}

/** The fields that the user has chosen a value for, the latest last. */
export function chosenFields<T extends object>({ made }: Choices<T>): (keyof T)[] {
  return made.flatMap((patch) => Object.keys(patch) as (keyof T)[]);
}

/** The fields that have other values now: only they were chosen by whoever gives new options. */
export function changedFields<T extends object>(before: T, now: T): Partial<T> {
  const isOther = ([field, value]: [string, unknown]): boolean =>
    JSON.stringify(value) !== JSON.stringify(before[field as keyof T]);
  return Object.fromEntries(Object.entries(now).filter(isOther)) as Partial<T>;
}

/** Everything as it was chosen, without what depends on it. */
export function chosenOptions<T extends object>({ base, made }: Choices<T>): T {
  return made.reduce<T>((options, patch) => ({ ...options, ...patch }), base);
}

/**
 * The choices of a form that is opened again: the values of `explicitFields` in `options`, the
 * latest last, were chosen by the user; before that they had their `defaults`.
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
