/** The vendor's looks as the dashboard's JSON shows them, from memory. Colours come from the real arithmetic. */
import type { z } from 'zod';
import { brandColours, measureColours } from '../../adapters/brand-colours.ts';
import type { brandColoursView, brandingBody, brandingView } from '../../api/contract/dashboard-branding.ts';

type Branding = z.infer<typeof brandingView>;

export function fakeColours(accent: string): z.infer<typeof brandColoursView> {
  const worked = brandColours(accent);
  return { ...worked, measured: measureColours(worked) };
}

export function fakeBranding(isEmpty: boolean): Branding {
  return {
    productName: 'Northwind Cloud',
    vendorName: 'Northwind',
    supportEmail: isEmpty ? null : 'help@northwind.example',
    supportHours: isEmpty ? null : 'weekdays 9–18 CET',
    intro: isEmpty ? null : 'Your plan includes single sign-on. This connects it to your own accounts.',
    colours: isEmpty ? null : fakeColours('#ffc400'),
    images: { logo_light: null, logo_dark: null, icon: null },
  };
}

export function branded(before: Branding, body: z.infer<typeof brandingBody>): Branding {
  const { accent, ...words } = body;
  return { ...before, ...words, colours: accent === null ? null : fakeColours(accent) };
}
