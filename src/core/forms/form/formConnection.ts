import { describeRoute } from '../../connections/ssh/sshRoute';
import { connectionLabel, type ConnectionProfile } from '../../model/profile';
import { shownLabel } from '../../text/shownText';
import type { FormConnection } from './context';

/** The facts about a connection that forms need, from its profile. */
export function formConnection(profile: ConnectionProfile): FormConnection {
  return {
    id: profile.id,
    label: shownLabel(connectionLabel(profile)),
    environment: profile.environment ?? null,
    readOnly: profile.readOnly ?? false,
    ...(profile.ssh === undefined ? {} : { ssh: describeRoute(profile.ssh) }),
  };
}
