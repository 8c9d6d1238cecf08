import type { Choices } from '../../../src/core/forms/form/choices';
import type { FormInit } from '../../../src/protocol/formApi';
import { formatArgumentText } from '../extraArgs';
import type { PersistedState } from '../persistedState';
import { CLOSED_OPTIONS } from '../options/optionsPanel';
import type { FormOptions, FormState } from './formState';

/** The state of a form when its page opens. */
export function firstState<O extends FormOptions>(
  init: FormInit<O>,
  kept: PersistedState<O>,
  choices: Choices<O>,
): FormState<O> {
  return {
    connections: init.connections,
    choices,
    options: init.options,
    extraText: formatArgumentText(init.options.extraArgs),
    extraError: null,
    connection: null,
    loading: false,
    hostProblems: [],
    failure: '',
    starting: false,
    job: init.job,
    jobAt: performance.now(),
    jobDismissed: false,
    shell: kept.shell ?? init.shell,
    filter: '',
    expanded: new Set(),
    advancedOpen: kept.advancedOpen,
    optionsPanel: CLOSED_OPTIONS,
    toolsOpen: false,
    logOpen: false,
  };
}
