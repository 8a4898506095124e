import { z } from 'zod';
import { brandImageKinds } from '../../onboarding/branding.ts';

/** S17: how the vendor looks to its customers. Paths are below `/dashboard/api`. */

const hexColour = z.string().regex(/^#[0-9a-f]{6}$/i);
const line = (most: number) => z.string().trim().min(1).max(most);
const plain = { productName: line(80), vendorName: line(80) };

const tones = z.strictObject({
  accent: z.string(),
  accentHover: z.string(),
  accentFill: z.string(),
  accentFillHover: z.string(),
  accentFillLine: z.string(),
  onAccent: z.string(),
  accentSoft: z.string(),
});

/** Contrasts as WCAG 2.2 measures them: 4.5 is readable. */
const measured = z.strictObject({ asked: z.number(), link: z.number(), button: z.number() });

/** GET branding/colours?accent=#ffc400 */
export const coloursQuery = z.strictObject({ accent: hexColour });
export const brandColoursView = z.strictObject({
  accent: z.string(),
  light: tones,
  dark: tones,
  measured: z.strictObject({ light: measured, dark: measured }),
});

/** GET branding. Images are addresses on this host. */
export const brandingView = z.strictObject({
  productName: z.string(),
  vendorName: z.string(),
  supportEmail: z.string().nullable(),
  supportHours: z.string().nullable(),
  intro: z.string().nullable(),
  colours: brandColoursView.nullable(),
  images: z.strictObject({
    logo_light: z.string().nullable(),
    logo_dark: z.string().nullable(),
    icon: z.string().nullable(),
  }),
});

/** PUT branding: all of it, as the form has it. */
export const brandingBody = z.strictObject({
  ...plain,
  supportEmail: line(254).nullable(),
  supportHours: line(120).nullable(),
  intro: line(600).nullable(),
  accent: hexColour.nullable(),
});

/** PUT branding/images/:kind, and POST branding/images/:kind/remove */
export const brandImageBody = z.strictObject({ data: z.base64().max(300_000) });
export const brandImageParam = z.enum(brandImageKinds);
