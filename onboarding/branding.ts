/**
 * How a vendor looks to its customers: one colour, worked out for both modes when it is saved, so that pages need no
 * colour arithmetic. Status tones, focus and type are nobody's brand.
 */
export interface BrandTones {
  /** links and the current step */
  readonly accent: string;
  readonly accentHover: string;
  /** the primary button, its edge, and the words on it */
  readonly accentFill: string;
  readonly accentFillHover: string;
  readonly accentFillLine: string;
  readonly onAccent: string;
  readonly accentSoft: string;
}

export interface BrandColours {
  /** as it was chosen, `#rrggbb` */
  readonly accent: string;
  readonly light: BrandTones;
  readonly dark: BrandTones;
}

/** Images of a brand; a logo for dark grounds may be missing, then the light one stands on a light plate. */
export const brandImageKinds = ['logo_light', 'logo_dark', 'icon'] as const;
export type BrandImageKind = (typeof brandImageKinds)[number];

/** What an environment says of its looks; images are named by digest. */
export interface Looks {
  readonly handle: string;
  readonly brandColours: BrandColours | null;
  readonly logoLight: string | null;
  readonly logoDark: string | null;
  readonly icon: string | null;
}

/** Where an image is, on any of our hosts; undefined where there is none. */
export function imagePath(looks: Looks, kind: BrandImageKind): string | undefined {
  const digest = { logo_light: looks.logoLight, logo_dark: looks.logoDark, icon: looks.icon }[kind];
  return digest === null ? undefined : `/brand/${looks.handle}/${digest}`;
}

/** The roles of `portal/shared/styles/tokens.css` that branding replaces, as one stylesheet. */
export function brandStylesheet({ light, dark }: BrandColours): string {
  return `:root { ${declarations(light)} }
@media screen and (prefers-color-scheme: dark) { :root { ${declarations(dark)} } }
`;
}

function declarations(tones: BrandTones): string {
  return [
    `--accent: ${tones.accent};`,
    `--accent-hover: ${tones.accentHover};`,
    `--accent-fill: ${tones.accentFill};`,
    `--accent-fill-hover: ${tones.accentFillHover};`,
    `--accent-fill-line: ${tones.accentFillLine};`,
    `--on-accent: ${tones.onAccent};`,
    `--accent-soft: ${tones.accentSoft};`,
  ].join(' ');
}
