import { clampChroma, converter, differenceEuclidean, formatHex, wcagContrast, type Oklch } from 'culori';
import type { BrandColours, BrandTones } from '../onboarding/branding.ts';

/**
 * What becomes of a vendor's one colour so that everything stays readable, light and dark (`experience.md` §2). The hue
 * is kept; lightness moves until the promises hold, measured as WCAG 2.2 contrast: 4.5:1 for links on every ground they
 * stand on, and for the words on a button. A main button is told from the quiet one beside it, which has the colour of
 * the surface; a grey has no hue to keep, and where it would have to move it turns to ink.
 *
 * @param accent `#rrggbb`
 */
export function brandColours(accent: string): BrandColours {
  const asked = oklch(accent);
  if (asked === undefined) throw new Error(`${accent} is not a colour`);
  return { accent: formatHex(asked), light: tonesOf(asked, 'light'), dark: tonesOf(asked, 'dark') };
}

/** What can be read of it: the colour as asked and the link on a page's surface, and the words on the button. */
export function measureColours({ accent, light, dark }: BrandColours): Measured {
  const measure = (tones: BrandTones, mode: Mode) => ({
    asked: wcagContrast(accent, grounds[mode].surface),
    link: wcagContrast(tones.accent, grounds[mode].surface),
    button: wcagContrast(tones.accentFill, tones.onAccent),
  });
  return { light: measure(light, 'light'), dark: measure(dark, 'dark') };
}

type Measured = Readonly<Record<Mode, { asked: number; link: number; button: number }>>;

type Mode = 'light' | 'dark';
const oklch = converter('oklch');

/** Values of the roles in `portal/shared/styles/tokens.css` that colours stand on and beside. */
const grounds = {
  light: { canvas: '#f7f8f8', surface: '#ffffff', sunken: '#eff1f2', ink: '#14181b', line: '#7a8289' },
  dark: { canvas: '#101315', surface: '#171b1e', sunken: '#0c0f10', ink: '#edf0f2', line: '#757f88' },
} as const;
const white = '#ffffff';
const ink = '#14181b';

/** Readable text (WCAG 2.2, 1.4.3), and edges that can be seen (1.4.11). */
const readable = 4.5;
const visible = 3;
const lightnessStep = 0.005;
const hoverStep = 0.06;

/** How far a main button is from the quiet ones beside it: a distance in OKLab, where black and white are 1 apart. */
const toldApart = 0.12;
const distance = differenceEuclidean('oklab');

/** Without a hue that anybody would know the vendor by: the chroma of OKLCH. */
const greyChroma = 0.03;

/** Between these hues (degrees, OKLCH) a button that is not grey reads as danger. */
const danger = { from: 10, to: 45, chroma: 0.06 };

function tonesOf(asked: Oklch, mode: Mode): BrandTones {
  const ground = grounds[mode];
  const soft = softOf(asked, mode);
  // Light grounds want darker links, dark ones lighter; so does the pointer that rests on them.
  const away = mode === 'light' ? -1 : 1;
  const onAll = (colour: Oklch, needed: number) =>
    [ground.canvas, ground.surface, ground.sunken, soft].every(
      (under) => wcagContrast(hex(colour), under) >= needed,
    );
  const isRead = (colour: Oklch) => onAll(colour, readable);
  const link = isGrey(asked) && !isRead(asked) ? inkOf(mode) : moved(asked, away, isRead);
  return {
    accent: hex(link),
    accentHover: hex(shifted(link, away * hoverStep)),
    ...buttonOf(asked, mode),
    accentSoft: soft,
  };
}

type Button = Pick<BrandTones, 'accentFill' | 'accentFillHover' | 'accentFillLine' | 'onAccent'>;

function buttonOf(asked: Oklch, mode: Mode): Button {
  const ground = grounds[mode];
  if (readsAsDanger(asked) || (isGrey(asked) && !isToldApart(asked, mode))) {
    const hovered = mode === 'light' ? '#2b3338' : '#c9d0d5';
    return {
      accentFill: ground.ink,
      accentFillHover: hovered,
      accentFillLine: 'transparent',
      onAccent: ground.surface,
    };
  }
  const [fill, onAccent] = fillOf(asked, mode);
  // The hovered fill moves away from its words, so that they never get harder to read.
  const hover = shifted(fill, onAccent === white ? -hoverStep : hoverStep);
  const needsLine = wcagContrast(hex(fill), ground.surface) < visible;
  return {
    accentFill: hex(fill),
    accentFillHover: hex(hover),
    accentFillLine: needsLine ? ground.line : 'transparent',
    onAccent,
  };
}

/**
 * The colour itself where white or ink can be read on it; else the nearest darker one that takes white. One that sinks
 * into the surface leaves it first, until it is seen.
 */
function fillOf(asked: Oklch, mode: Mode): [Oklch, string] {
  const { surface } = grounds[mode];
  const isSeen = (colour: Oklch) => wcagContrast(hex(colour), surface) >= visible;
  const fill = isToldApart(asked, mode) ? asked : moved(asked, mode === 'light' ? -1 : 1, isSeen);
  const words = [white, ink].find((one) => wcagContrast(hex(fill), one) >= readable);
  if (words !== undefined) return [fill, words];
  return [moved(fill, -1, (colour) => wcagContrast(hex(colour), white) >= readable), white];
}

const isToldApart = (colour: Oklch, mode: Mode) => distance(hex(colour), grounds[mode].surface) >= toldApart;
const isGrey = ({ c }: Oklch) => c < greyChroma;

function inkOf(mode: Mode): Oklch {
  const colour = oklch(grounds[mode].ink);
  if (colour === undefined) throw new Error(`${grounds[mode].ink} is not a colour`);
  return colour;
}

function readsAsDanger({ h = 0, c }: Oklch): boolean {
  return c >= danger.chroma && h >= danger.from && h <= danger.to;
}

/** A tint that takes text of every tone: very light, or very dark, with a trace of the hue. */
function softOf({ h = 0, c }: Oklch, mode: Mode): string {
  const soft: Oklch = { mode: 'oklch', l: mode === 'light' ? 0.955 : 0.27, c: Math.min(c, 0.025), h };
  return hex(soft);
}

/** The nearest colour in that direction which fits; black or white at the end. */
function moved(colour: Oklch, direction: 1 | -1, fits: (colour: Oklch) => boolean): Oklch {
  let at = colour;
  while (!fits(at) && (direction < 0 ? at.l > 0 : at.l < 1)) at = shifted(at, direction * lightnessStep);
  return at;
}

function shifted(colour: Oklch, by: number): Oklch {
  return { ...colour, l: Math.min(1, Math.max(0, colour.l + by)) };
}

/** As a screen shows it: hue and lightness kept, chroma brought into what sRGB has. */
function hex(colour: Oklch): string {
  return formatHex(clampChroma(colour, 'oklch'));
}
