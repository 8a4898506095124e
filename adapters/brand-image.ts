import { createHash } from 'node:crypto';
import { imageSize } from 'image-size';
import type { BrandImageKind } from '../onboarding/branding.ts';
import { OnboardingError } from '../onboarding/errors.ts';

const brandImageBytes = 200 * 1024;

const mediaTypes = { png: 'image/png', jpg: 'image/jpeg' } as const;
const longestSide = 4096;

/**
 * An image as it may be shown to customers and in their mails: PNG or JPEG by its content, whatever it was called. SVG
 * is refused because mail programs don't draw it, and because it is a document that can ask for others.
 *
 * @throws OnboardingError `image_refused`
 */
export function readBrandImage(
  bytes: Buffer,
  kind: BrandImageKind,
): { bytes: Buffer; digest: string; mediaType: 'image/png' | 'image/jpeg' } {
  if (bytes.length > brandImageBytes) throw refused('too_large');
  const { type, width, height } = measure(bytes);
  if (type !== 'png' && type !== 'jpg') throw refused('not_an_image');
  if (width > longestSide || height > longestSide) throw refused('too_large');
  if (kind === 'icon' && width !== height) throw refused('not_square');
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  return { bytes, digest, mediaType: mediaTypes[type] };
}

const starts = [Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from([0xff, 0xd8, 0xff])];

/** Only what begins like a PNG or a JPEG is measured at all: the measurer knows twenty more formats. */
function measure(bytes: Buffer): { type?: string | undefined; width: number; height: number } {
  if (!starts.some((start) => bytes.subarray(0, start.length).equals(start))) throw refused('not_an_image');
  try {
    return imageSize(bytes);
  } catch {
    throw refused('not_an_image');
  }
}

const refused = (reason: 'not_an_image' | 'too_large' | 'not_square') =>
  new OnboardingError('image_refused', { reason });
