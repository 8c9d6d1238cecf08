import type { PlaceId } from '../../../src/core/model/findings/findings';
import type { ProblemAction } from '../../../src/protocol/types';
import type { FormViewPatch } from './formState';

/** What a form can do to lead somewhere. */
export interface PlacesOfForm {
  problemAction: (action: ProblemAction) => void;
  setView: (patch: FormViewPatch) => void;
  /** Moves the focus to a control. */
  focus: (name: string) => void;
}

/** Leads to where the user chooses what a remedy needs. */
export function goToPlace(id: PlaceId, form: PlacesOfForm): void {
  switch (id) {
    case 'connectionSettings':
      form.problemAction('editConnections');
      break;
    case 'otherTools':
      form.setView({ toolsOpen: true });
      // They are drawn first.
      setTimeout(() => form.focus('toolDir'));
      break;
    case 'otherConnection':
      form.focus('connectionId');
      break;
    case 'otherOutput':
      form.focus('outputPath');
  }
}
