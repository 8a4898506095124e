import { ok } from '../../answers.ts';
import { talkBody, testDirectoryBody, testDirectoryState } from '../../contract/sandbox.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';
import { route } from '../../route.ts';
import { embeddedOf } from './embedded-of.ts';
import { editAndTalk, stateOf } from './test-directory-talk.ts';

/** The test directory: a SCIM client that calls whoever it is told to call, by HTTP like a stranger. */

const get = route({
  method: 'GET',
  path: '/sandbox/test-directory',
  who: 'sandbox',
  role: 'viewer',
  summary: 'The test directory: its people and groups, its switches, and what it has said',
  answers: { 200: testDirectoryState },
  handler: ({ deps, caller, read }) => read(async (tx) => ok(await stateOf(tx, deps, caller))),
});

const put = route({
  method: 'PUT',
  path: '/sandbox/test-directory',
  who: 'sandbox',
  role: 'developer',
  summary: 'Sets address, token, manner and faults; what is not given stays',
  body: testDirectoryBody,
  answers: { 200: testDirectoryState },
  handler: ({ body, ...act }) => {
    const { faults, baseUrl, ...change } = body;
    if (typeof baseUrl === 'string' && !isAddress(baseUrl)) {
      const message = 'baseUrl must be an address that begins with http:// or https://';
      throw new InvalidInput([{ field: 'baseUrl', code: 'no_address', message }]);
    }
    const { deps, caller, request } = act;
    const tenant = { environmentId: caller.environment.id };
    return editAndTalk(
      act,
      async (tx) => {
        const panel = embeddedOf(deps).testDirectory;
        // Another address is another directory: it is not the one that was taken with one press.
        const isTyped = baseUrl !== undefined || change.token !== undefined;
        const connected = isTyped ? { connected: null } : {};
        await panel.connect(tx, tenant, { ...change, baseUrl, ...connected }, request.now);
        if (faults !== undefined) await panel.setFaults(tx, tenant, faults, request.now);
        return { action: 'test_directory.switched' };
      },
      null,
    );
  },
});

const talk = route({
  method: 'POST',
  path: '/sandbox/test-directory/talk',
  who: 'sandbox',
  role: 'developer',
  summary: 'Tests the connection, runs a cycle, or sends everything again',
  body: talkBody,
  answers: { 200: testDirectoryState },
  handler: ({ body, ...act }) => editAndTalk(act, () => Promise.resolve(undefined), body.about),
});

const reset = route({
  method: 'POST',
  path: '/sandbox/test-directory/reset',
  who: 'sandbox',
  role: 'developer',
  summary: 'Brings back the first people and groups, turns every fault off and forgets what was sent',
  answers: { 200: testDirectoryState },
  handler: (act) => {
    const { deps, caller, request } = act;
    const tenant = { environmentId: caller.environment.id };
    return editAndTalk(
      act,
      async (tx) => {
        await embeddedOf(deps).testDirectory.reset(tx, tenant, request.now);
        return { action: 'test_directory.reset' };
      },
      null,
    );
  },
});

export const testDirectoryRoutes = [get, put, talk, reset];

const isAddress = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
