import { differenceEuclidean, wcagContrast } from 'culori';
import { describe, expect, it } from 'vitest';
import { brandColours } from './brand-colours.ts';

const grounds = {
  light: ['#f7f8f8', '#ffffff', '#eff1f2'],
  dark: ['#101315', '#171b1e', '#0c0f10'],
} as const;
const surface = { light: '#ffffff', dark: '#171b1e' } as const;
const modes = ['light', 'dark'] as const;

/** A walk through the colour space: every 17th value of each channel, 4096 colours. */
const steps = Array.from({ length: 16 }, (_, at) => (at * 17).toString(16).padStart(2, '0'));
const every = steps.flatMap((red) => steps.flatMap((green) => steps.map((blue) => `#${red}${green}${blue}`)));

function worst(measure: (accent: string) => readonly number[]): number {
  return Math.min(...every.flatMap((accent) => [...measure(accent)]));
}

describe.each(modes)('whatever the colour, in %s', (mode) => {
  const tones = new Map(every.map((accent) => [accent, brandColours(accent)[mode]]));
  const of = (accent: string) => tones.get(accent) ?? brandColours(accent)[mode];

  it('links are read on every ground, resting and hovered', () => {
    const least = worst((accent) => {
      const { accent: link, accentHover, accentSoft } = of(accent);
      return [link, accentHover].flatMap((one) =>
        [...grounds[mode], accentSoft].map((ground) => wcagContrast(one, ground)),
      );
    });

    expect(least).toBeGreaterThanOrEqual(4.5);
  });

  it('the words on a button are read, resting and hovered', () => {
    const least = worst((accent) => {
      const { accentFill, accentFillHover, onAccent } = of(accent);
      return [wcagContrast(accentFill, onAccent), wcagContrast(accentFillHover, onAccent)];
    });

    expect(least).toBeGreaterThanOrEqual(4.5);
  });

  it('a button is seen by its colour or by its edge', () => {
    const least = worst((accent) => {
      const { accentFill, accentFillLine } = of(accent);
      const edge = accentFillLine === 'transparent' ? accentFill : accentFillLine;
      return [wcagContrast(edge, surface[mode])];
    });

    expect(least).toBeGreaterThanOrEqual(3);
  });

  it('a main button is told from the quiet one beside it, which has the colour of the surface', () => {
    const distance = differenceEuclidean('oklab');

    expect(worst((accent) => [distance(of(accent).accentFill, surface[mode])])).toBeGreaterThanOrEqual(0.119);
  });

  it('text is read on the soft tint', () => {
    const text = mode === 'light' ? '#14181b' : '#edf0f2';

    expect(worst((accent) => [wcagContrast(of(accent).accentSoft, text)])).toBeGreaterThanOrEqual(12);
  });
});

it('a colour that is readable as it is stays on the button', () => {
  expect(brandColours('#2A6FDB').light).toMatchObject({ accentFill: '#2a6fdb', onAccent: '#ffffff' });
  expect(brandColours('#FFC400').light).toMatchObject({
    accentFill: '#ffc400',
    onAccent: '#14181b',
    accentFillLine: '#7a8289',
  });
});

it('a red one never fills a button, because there it means danger', () => {
  expect(brandColours('#D22F27').light).toMatchObject({ accentFill: '#14181b', onAccent: '#ffffff' });
  expect(brandColours('#D22F27').dark).toMatchObject({ accentFill: '#edf0f2', onAccent: '#171b1e' });
});

it('a black button turns to ink on dark pages, a white one on light ones, and so do their links', () => {
  expect(brandColours('#0A0A0A').dark).toMatchObject({ accent: '#edf0f2', accentFill: '#edf0f2' });
  expect(brandColours('#0A0A0A').light).toMatchObject({ accent: '#0a0a0a', accentFill: '#0a0a0a' });
  expect(brandColours('#FFFFFF').light).toMatchObject({ accent: '#14181b', accentFill: '#14181b' });
  expect(brandColours('#FFFFFF').dark).toMatchObject({ accent: '#ffffff', accentFill: '#ffffff' });
});

it('a navy one keeps its hue on dark pages and leaves the dark', () => {
  expect(brandColours('#0A1A3A').dark).toMatchObject({
    accentFill: expect.stringMatching(/^#[4-7]\w[5-8]\w[7-b]\w$/),
    onAccent: '#ffffff',
  });
});

it('keeps the hue of links: yellow turns to a dark gold, not to grey', () => {
  expect(brandColours('#FFC400').light.accent).toMatch(/^#[6-9]\w[4-6]\w0\w$/);
});
