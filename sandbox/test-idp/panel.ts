import { registerClient } from './oidc/clients.ts';
import { getTestIdpState } from './state.ts';
import { retireCurrentKey } from './stored-keys.ts';
import { putPerson, removePerson, restorePeople } from './stored-people.ts';
import { putSwitches } from './switches.ts';

/** Everything about the Test IdP that the dashboard's page and scripts may turn (`TestIdpPanel` of `api/deps.ts`). */
export const testIdpPanel = {
  getState: getTestIdpState,
  putSwitches,
  retireKey: retireCurrentKey,
  putPerson,
  removePerson,
  restorePeople,
  registerClient,
};
