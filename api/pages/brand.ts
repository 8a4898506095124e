import { findBrandImage, lookUpEnvironmentByHandle, withTenant } from '../../db/index.ts';
import { brandStylesheet } from '../../onboarding/branding.ts';
import { OnboardingError } from '../../onboarding/errors.ts';
import { keptForEver, text, type Answer } from '../answers.ts';
import { route } from '../route.ts';
import { stylesheetPath } from './looks.ts';

/** Anybody may look: it is what customers see before they have proved anything. */
const show = route({
  method: 'GET',
  path: '/brand/:handle/:file',
  who: 'public',
  summary: 'Colours and images of a vendor',
  answers: { 200: 'CSS, PNG or JPEG', 404: 'there is no such file' },
  handler: async ({ deps, params }): Promise<Answer> => {
    const environment = await lookUpEnvironmentByHandle(deps.db, params.handle);
    if (environment === undefined) throw noSuchFile();
    const { brandColours } = environment;
    if (params.file.endsWith('.css')) {
      if (brandColours === null) throw noSuchFile();
      const css = text(200, brandStylesheet(brandColours), 'text/css; charset=utf-8');
      // A page drawn before the last change gets the colours of today, and asks again.
      const isToday = stylesheetPath(environment)?.endsWith(`/${params.file}`) === true;
      return { ...css, headers: { ...css.headers, 'Cache-Control': isToday ? keptForEver : 'no-store' } };
    }
    const tenant = { environmentId: environment.id };
    const image = await withTenant(deps.db, tenant, (tx) => findBrandImage(tx, tenant, params.file));
    if (image === undefined) throw noSuchFile();
    return {
      status: 200,
      headers: {
        'Content-Type': image.mediaType,
        'Cache-Control': keptForEver,
        // Mail programs on the web show it from pages of their own.
        'Cross-Origin-Resource-Policy': 'cross-origin',
      },
      stream: (response) => response.end(image.bytes),
    };
  },
});

const noSuchFile = () => new OnboardingError('not_found', { kind: 'file' });

export const brandRoutes = [show];
