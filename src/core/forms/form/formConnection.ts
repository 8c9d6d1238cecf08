import { connectionLabel, type ConnectionProfile } from '../../model/profile';
import type { FormConnection } from './context';

/** What the forms need to know of a connection, by its profile. */
export function formConnection(profile: ConnectionProfile): FormConnection {
  return {
    id: profile.id,
    label: connectionLabel(profile),
    environment: profile.environment ?? null,
    readOnly: profile.readOnly ?? false,
  };
}
