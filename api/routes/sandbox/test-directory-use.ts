import {
  getOrganization,
  issueDirectoryToken,
  listDirectoriesOf,
  listDomains,
  revokeDirectoryToken,
  type DirectoryRow,
  type Tx,
} from '../../../db/index.ts';
import { acting } from '../../acting.ts';
import { testDirectoryState, useDirectoryBody } from '../../contract/sandbox.ts';
import { makeDirectory, mintDirectoryToken } from '../../directories.ts';
import { route } from '../../route.ts';
import { embeddedOf } from './embedded-of.ts';
import { editAndTalk, type Act } from './test-directory-talk.ts';

/** One press instead of copying an address and a token out of an onboarding. */
const use = route({
  method: 'POST',
  path: '/sandbox/test-directory/use',
  who: 'sandbox',
  role: 'developer',
  summary: 'Sends to the directory of an organization from now on, which is made where there is none',
  body: useDirectoryBody,
  answers: { 200: testDirectoryState },
  handler: ({ body, ...act }) =>
    editAndTalk(
      act,
      async (tx) => {
        await connectTo(tx, act, body.organizationId);
        return { action: 'test_directory.connected', id: body.organizationId };
      },
      'test',
    ),
});

export const testDirectoryUseRoutes = [use];

/**
 * The token that this directory was taken with before is retired, so that pressing again and again leaves one. That of
 * another customer's stays: nobody has told that customer that its token ends.
 */
async function connectTo(tx: Tx, act: Act, organizationId: string): Promise<void> {
  const { deps, caller, request } = act;
  const { id: environmentId } = caller.environment;
  const whose = { environmentId, organizationId };
  const by = acting(caller.by, request);
  const { name } = await getOrganization(tx, whose, organizationId);
  const panel = embeddedOf(deps).testDirectory;
  const before = await panel.getState(tx, { environmentId });
  const known = (await listDirectoriesOf(tx, whose, organizationId)).find(({ road }) => road === 'scim');
  const type = before.manner === 'entra' ? 'azure scim v2.0' : 'okta scim v2.0';
  const row = known ?? (await makeDirectory(tx, deps.urls, { ...whose, name, type, road: 'scim' }, by));
  const doer = { actor: by.actor, now: request.now };
  const formerToken = await panel.tokenOf(tx, { environmentId }, row.id);
  if (formerToken !== undefined) await revokeDirectoryToken(tx, whose, formerToken, doer);
  const { token, kept } = mintDirectoryToken();
  const { id: tokenId } = await issueDirectoryToken(tx, row, kept, doer);
  const change = {
    baseUrl: row.scimBaseUrl,
    token,
    manner: mannerOf(row) ?? before.manner,
    connected: { organizationId, directoryId: row.id, tokenId },
    domain:
      (await listDomains(tx, whose)).find(({ domain }) => /\.test$/.test(domain))?.domain ?? 'people.test',
  };
  await panel.connect(tx, { environmentId }, change, request.now);
}

/** As the customer has chosen their directory. */
function mannerOf({ type }: DirectoryRow): 'okta' | 'entra' | undefined {
  if (type === 'azure scim v2.0') return 'entra';
  return type === 'okta scim v2.0' ? 'okta' : undefined;
}
