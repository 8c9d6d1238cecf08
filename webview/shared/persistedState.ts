/** State that a page keeps over a reload: the user's input and what was open. */
export interface PersistedState<O> {
  options: O | null;
  /** Names of the options that the user set, the latest last. */
  explicitFields: string[];
  advancedOpen: boolean;
  shell: 'bash' | 'powershell' | null;
  /** The proposed path, while the path follows it. */
  suggestedPath: string | null;
  /** The job that it shows. */
  jobId: string | null;
}

/** Reads what an older or newer version of the page may have written; the host checks the options. */
export function readPersisted<O>(value: unknown): PersistedState<O> {
  const kept: PersistedState<O> = {
    options: null,
    explicitFields: [],
    advancedOpen: false,
    shell: null,
    suggestedPath: null,
    jobId: null,
  };
  if (typeof value !== 'object' || value === null) return kept;
  if ('options' in value && typeof value.options === 'object') kept.options = value.options as O;
  if ('explicitFields' in value && Array.isArray(value.explicitFields)) {
    kept.explicitFields = value.explicitFields.filter((field) => typeof field === 'string');
  }
  if ('advancedOpen' in value) kept.advancedOpen = value.advancedOpen === true;
  if ('shell' in value && (value.shell === 'bash' || value.shell === 'powershell')) {
    kept.shell = value.shell;
  }
  if ('suggestedPath' in value && typeof value.suggestedPath === 'string') {
    kept.suggestedPath = value.suggestedPath;
  }
  if ('jobId' in value && typeof value.jobId === 'string') kept.jobId = value.jobId;
  return kept;
}

/**
 * Options that can be persisted: JSON has no NaN, which marks text that is not a number, so the
 * last number is stored instead.
 */
export function toPersistable<O extends object>(options: O, before: O | null): O {
  const kept = withoutNaN({ ...options });
  for (const key of Object.keys(kept) as (keyof O)[]) {
    if (Number.isNaN(kept[key])) {
      if (before && !Number.isNaN(before[key])) kept[key] = before[key];
      else delete kept[key];
    }
  }
  return kept;
}

/** A tool option that is not a number is not persisted. */
function withoutNaN<O extends object>(options: O): O {
  for (const [key, value] of Object.entries(options) as [keyof O, unknown][]) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    const entries = Object.entries(value).filter(([, each]) => !Number.isNaN(each));
    options[key] = Object.fromEntries(entries) as O[keyof O];
  }
  return options;
}
