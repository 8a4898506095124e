import type { z } from 'zod';
import {
  previewBody,
  previewPeople,
  previewPeopleBody,
  rolesPreview,
  rolesState,
  saveRolesBody,
  sourcesPage,
  type PreviewPeople,
  type RoleSourceView,
  type RolesPreview,
  type RolesState,
} from '../../api/contract/setup-roles.ts';
import { problem, stepResult, type StepResult } from '../../api/contract/shared.ts';

/** P20's JSON from memory: bodies and answers are held against the contract. */
export interface FakeRoles {
  state: RolesState;
  others: RoleSourceView[];
  next: string | null;
  preview: RolesPreview;
  people: PreviewPeople;
  result: StepResult;
  /** `PUT /directory/roles` → the refusal's code. */
  refusals: Readonly<Record<string, z.infer<typeof problem>['code']>>;
}

export const aSource = (label: string, people: number, role: string | null = null): RoleSourceView => ({
  key: `directory_group_${label.length}${label.slice(0, 20)}`,
  source: { kind: 'group', id: `directory_group_${label.length}${label.slice(0, 20)}` },
  label,
  people,
  role,
  origin: 'Okta',
  isPrepared: false,
});

export const aClaim = (label: string, people: number): RoleSourceView => ({
  ...aSource(label, people),
  source: { kind: 'claim', connectionId: 'conn_1', value: label },
  origin: 'Acme sign-in',
});

export const aRolesState = (more: Partial<RolesState> = {}): RolesState => ({
  mode: 'highest',
  roles: [
    { slug: 'admin', name: 'Admin', description: null },
    { slug: 'editor', name: 'Editor', description: null },
    { slug: 'viewer', name: 'Viewer', description: null },
  ],
  defaultRole: 'viewer',
  mapped: [aSource('Engineering', 120, 'editor'), aSource('IT', 12, 'admin')],
  counts: { groups: 5, claims: 1 },
  leftOut: [],
  version: 'v1',
  needsCode: false,
  subject: 'org_1',
  directoryName: 'Okta',
  view: null,
  ...more,
});

export const somePeople: PreviewPeople = {
  people: [
    {
      id: 'directory_user_1',
      name: 'Ada Byron',
      email: 'a•••@acme.com',
      before: [{ slug: 'viewer', because: [] }],
      after: [{ slug: 'admin', because: ['Sales'] }],
    },
    {
      id: 'directory_user_2',
      name: 'Wolfeschlegelsteinhausenbergerdorff-Montgomery',
      email: null,
      before: [{ slug: 'editor', because: ['Engineering', 'Documentation writers of the Northern Islands'] }],
      after: [{ slug: 'viewer', because: [] }],
    },
  ],
  next: 'more',
};

/** The answer to a request below `/directory/roles`; undefined for any other. */
export function fakeRoles(fake: FakeRoles) {
  return (method: string, path: string, body: unknown): { status: number; body: unknown } | undefined => {
    const { pathname } = new URL(path, 'http://fake.test');
    if (!pathname.startsWith('/directory/roles')) return undefined;
    const code = fake.refusals[`${method} ${pathname}`];
    if (code !== undefined) return refused(code);
    switch (`${method} ${pathname.slice('/directory/roles'.length)}`) {
      case 'GET ':
        return ok(rolesState.parse(fake.state));
      case 'GET /sources':
        return ok(sourcesPage.parse({ sources: fake.others, next: fake.next }));
      case 'POST /preview':
        previewBody.parse(body);
        return ok(rolesPreview.parse(fake.preview));
      case 'POST /preview/people':
        previewPeopleBody.parse(body);
        return ok(previewPeople.parse(fake.people));
      case 'PUT ':
        saveRolesBody.parse(body);
        return ok(stepResult.parse(fake.result));
      default:
        return refused('not_found', 404);
    }
  };
}

const ok = (body: unknown) => ({ status: 200, body });

function refused(code: z.infer<typeof problem>['code'], status = code === 'internal' ? 500 : 409) {
  const facts = { role: 'Admin' };
  const body = { type: 'about:blank', title: code, status, code, facts, request_id: 'req_7F3K' };
  return { status, body: problem.parse(body) };
}
