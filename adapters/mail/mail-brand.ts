import { imagePath, type Looks } from '../../onboarding/branding.ts';
import type { MailBrand } from './layout.ts';

/** The vendor as its mails show it; their links and images lead to one of our own origins and nowhere else [MAIL-04]. */
export function mailBrand(
  environment: Looks & {
    productName: string;
    vendorName: string;
    supportEmail: string | null;
    linkConfirmation: 'none' | 'email_code';
  },
  origin: string,
): MailBrand {
  const logo = imagePath(environment, 'logo_light');
  const tones = environment.brandColours?.light;
  return {
    product: environment.productName,
    vendor: environment.vendorName,
    logoUrl: logo === undefined ? null : `${origin}${logo}`,
    button: tones ? { fill: tones.accentFill, line: tones.accentFillLine, words: tones.onAccent } : null,
    supportAddress: environment.supportEmail,
    asksForCode: environment.linkConfirmation === 'email_code',
    origins: [origin],
  };
}
