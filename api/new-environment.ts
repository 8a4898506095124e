import { apiKeyParts, mintApiKey } from '../adapters/api-keys.ts';
import { newId } from '../adapters/ids.ts';
import type { Secrets } from '../adapters/secrets.ts';
import { makeTokenKey } from '../adapters/token-keys.ts';
import {
  findBrandImage,
  lookUpEnvironmentByHandle,
  provisionEnvironment,
  setBrandColours,
  setBrandImage,
  withTenant,
  type BrandImage,
  type Db,
  type EnvironmentRow,
} from '../db/index.ts';
import { brandImageKinds, type BrandImageKind } from '../onboarding/branding.ts';
import { handleFor } from '../onboarding/environment-names.ts';

/** More of one name than anybody has. */
const mostTries = 50;

/**
 * Another environment of the same vendor: its brand is taken over, its settings start anew, and nothing in it is the
 * other's. Whoever makes it is its admin. The key is told once.
 */
export async function makeEnvironmentBeside(
  { db, secrets }: { db: Db; secrets: Secrets },
  beside: EnvironmentRow,
  wanted: { name: string; kind: EnvironmentRow['kind']; admin: string },
  now: Date,
): Promise<{ environment: EnvironmentRow; secret: string }> {
  const id = newId('env_');
  const secret = mintApiKey(wanted.kind);
  const tokenKey = await makeTokenKey(secrets);
  const { vendorName, productName, supportEmail, supportHours, intro, domainLabel } = beside;
  const handle = await freeHandle(db, { vendor: vendorName, name: wanted.name, kind: wanted.kind });
  const images = await imagesOf(db, beside);
  const environment = await withTenant(db, { environmentId: id }, async (tx) => {
    const made = await provisionEnvironment(tx, {
      environment: {
        id,
        handle,
        name: wanted.name,
        kind: wanted.kind,
        clientId: newId('client_'),
        vendorName,
        productName,
        supportEmail,
        supportHours,
        intro,
        domainLabel,
      },
      tokenKey,
      apiKey: { id: newId('api_key_'), name: 'First key', ...apiKeyParts(secret) },
      admin: { id: newId('member_'), email: wanted.admin },
      actor: { type: 'staff', id: null },
      auditId: newId('audit_'),
      now,
    });
    await setBrandColours(tx, id, beside.brandColours, now);
    for (const { kind, image } of images) await setBrandImage(tx, id, kind, image, now);
    return made;
  });
  return { environment, secret };
}

async function imagesOf(db: Db, { id, logoLight, logoDark, icon }: EnvironmentRow) {
  const tenant = { environmentId: id };
  const digests = { logo_light: logoLight, logo_dark: logoDark, icon };
  return withTenant(db, tenant, async (tx) => {
    const found: { kind: BrandImageKind; image: BrandImage }[] = [];
    for (const kind of brandImageKinds) {
      const digest = digests[kind];
      const image = digest === null ? undefined : await findBrandImage(tx, tenant, digest);
      if (image !== undefined) found.push({ kind, image });
    }
    return found;
  });
}

async function freeHandle(db: Db, names: { vendor: string; name: string; kind: string }): Promise<string> {
  for (let number = 1; number < mostTries; number += 1) {
    const handle = handleFor(names, number);
    if ((await lookUpEnvironmentByHandle(db, handle)) === undefined) return handle;
  }
  throw new Error(`no handle is left for ${names.vendor} ${names.name}`);
}
