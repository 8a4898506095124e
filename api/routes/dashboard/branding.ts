import type { z } from 'zod';
import { parseEmail } from '../../../adapters/email-address.ts';
import {
  getEnvironment,
  insertAudit,
  lockEnvironment,
  removeBrandImage,
  setBrandColours,
  setBrandImage,
  updateEnvironment,
  type EnvironmentRow,
  type Tx,
} from '../../../db/index.ts';
import { imagePath, type BrandColours, type BrandImageKind } from '../../../onboarding/branding.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';
import { acting, audited, type Acting } from '../../acting.ts';
import { ok, type Answer } from '../../answers.ts';
import {
  brandColoursView,
  brandImageBody,
  brandImageParam,
  brandingBody,
  brandingView,
  coloursQuery,
} from '../../contract/dashboard-branding.ts';
import type { ApiDeps } from '../../deps.ts';
import { route } from '../../route.ts';

/**
 * S17: names, words, colour and images of the vendor, on every page and mail that its customers get. What works out colours
 * and measures images is loaded when somebody is at it: an api at rest does without.
 */
const colouring = () => import('../../../adapters/brand-colours.ts');
const imaging = () => import('../../../adapters/brand-image.ts');

const get = route({
  method: 'GET',
  path: '/dashboard/api/branding',
  who: 'staff',
  role: 'viewer',
  summary: 'How the vendor looks to its customers',
  answers: { 200: brandingView },
  handler: ({ caller, read }) =>
    read(async (tx) => ok(await viewOf(await getEnvironment(tx, caller.environment.id)))),
});

const colours = route({
  method: 'GET',
  path: '/dashboard/api/branding/colours',
  who: 'staff',
  role: 'viewer',
  summary: 'What becomes of a colour, and how well it can be read',
  query: coloursQuery,
  answers: { 200: brandColoursView },
  handler: async ({ query }) => {
    const { brandColours } = await colouring();
    return ok(await coloursView(brandColours(query.accent)));
  },
});

const put = route({
  method: 'PUT',
  path: '/dashboard/api/branding',
  who: 'staff',
  role: 'admin',
  summary: 'Changes names, words and colour, at once',
  body: brandingBody,
  answers: { 200: brandingView },
  handler: ({ deps, caller, body, commit, request }) =>
    commit(async (tx) => {
      const { accent, supportEmail, ...words } = body;
      const before = await lockEnvironment(tx, caller.environment.id);
      await updateEnvironment(
        tx,
        before.id,
        { ...words, supportEmail: supportEmail && parseEmail(supportEmail) },
        request.now,
      );
      if ((accent?.toLowerCase() ?? null) !== (before.brandColours?.accent ?? null)) {
        const { brandColours } = await colouring();
        await setBrandColours(tx, before.id, accent === null ? null : brandColours(accent), request.now);
      }
      return changed(tx, deps, acting(caller, request), before);
    }),
});

const putImage = route({
  method: 'PUT',
  path: '/dashboard/api/branding/images/:kind',
  who: 'staff',
  role: 'admin',
  summary: 'Puts a logo or the icon in the place of the one before',
  maxBodyBytes: 320 * 1024,
  body: brandImageBody,
  answers: { 200: brandingView },
  handler: async ({ deps, caller, params, body, commit, request }) => {
    const kind = kindOf(params.kind);
    const { readBrandImage } = await imaging();
    const image = readBrandImage(Buffer.from(body.data, 'base64'), kind);
    return commit(async (tx) => {
      const before = await lockEnvironment(tx, caller.environment.id);
      await setBrandImage(tx, before.id, kind, image, request.now);
      return changed(tx, deps, acting(caller, request), before);
    });
  },
});

const removeImage = route({
  method: 'POST',
  path: '/dashboard/api/branding/images/:kind/remove',
  who: 'staff',
  role: 'admin',
  summary: 'Takes a logo or the icon away',
  answers: { 200: brandingView },
  handler: ({ deps, caller, params, commit, request }) =>
    commit(async (tx) => {
      const before = await lockEnvironment(tx, caller.environment.id);
      await removeBrandImage(tx, before.id, kindOf(params.kind), request.now);
      return changed(tx, deps, acting(caller, request), before);
    }),
});

export const brandingRoutes = [get, colours, put, putImage, removeImage];

function kindOf(param: string): BrandImageKind {
  const kind = brandImageParam.safeParse(param);
  if (!kind.success) throw new OnboardingError('not_found', { kind: 'image' });
  return kind.data;
}

/** Writes what was and what is into the audit log; the new state is the answer. */
async function changed(
  tx: Tx,
  { environments }: ApiDeps,
  by: Acting,
  before: EnvironmentRow,
): Promise<Answer> {
  const after = await getEnvironment(tx, before.id);
  const whose = { environmentId: before.id, organizationId: null };
  await insertAudit(
    tx,
    audited(by, whose, {
      action: 'branding.changed',
      target: { type: 'environment', id: before.id },
      before: auditedLooks(before),
      after: auditedLooks(after),
    }),
  );
  const answer = ok(await viewOf(after));
  return {
    ...answer,
    afterCommit: async () => {
      environments.forget(before.id);
      return answer;
    },
  };
}

function auditedLooks({
  productName,
  vendorName,
  supportEmail,
  supportHours,
  intro,
  brandColours: kept,
  logoLight,
  logoDark,
  icon,
}: EnvironmentRow) {
  const words = { productName, vendorName, supportEmail, supportHours, intro };
  return { ...words, accent: kept?.accent ?? null, logoLight, logoDark, icon };
}

async function viewOf(environment: EnvironmentRow): Promise<z.infer<typeof brandingView>> {
  const { productName, vendorName, supportEmail, supportHours, intro, brandColours: kept } = environment;
  const image = (kind: BrandImageKind) => imagePath(environment, kind) ?? null;
  return {
    productName,
    vendorName,
    supportEmail,
    supportHours,
    intro,
    colours: kept && (await coloursView(kept)),
    images: { logo_light: image('logo_light'), logo_dark: image('logo_dark'), icon: image('icon') },
  };
}

async function coloursView(worked: BrandColours): Promise<z.infer<typeof brandColoursView>> {
  const { measureColours } = await colouring();
  return { ...worked, measured: measureColours(worked) };
}
