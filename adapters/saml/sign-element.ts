import { createRequire } from 'node:module';
import type * as XmlCrypto from 'xml-crypto';
import { envelopedSignature, exclusiveCanonicalization } from './algorithms.ts';

/** The XML names of the two algorithms of a signature; wide, because the Test IdP also signs with refused ones. */
export interface SigningMethods {
  readonly signature: string;
  readonly digest: string;
}

export const rsaSha256: SigningMethods = {
  signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
};

// Large, with a parser of its own, and few connections sign what they post: loaded with the first signature.
const load = createRequire(import.meta.url);

/** Signs the element of that ID with an enveloped signature right after its Issuer, where the schema wants it. */
export function signElement(
  xml: string,
  id: string,
  key: { readonly privateKeyPem: string; readonly certificatePem: string },
  methods: SigningMethods = rsaSha256,
): string {
  const { SignedXml } = load('xml-crypto') as typeof XmlCrypto;
  const target = `//*[@ID='${id}']`;
  const signer = new SignedXml({
    privateKey: key.privateKeyPem,
    publicCert: key.certificatePem,
    signatureAlgorithm: methods.signature,
    canonicalizationAlgorithm: exclusiveCanonicalization,
  });
  signer.addReference({
    xpath: target,
    transforms: [envelopedSignature, exclusiveCanonicalization],
    digestAlgorithm: methods.digest,
  });
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: `${target}/*[local-name(.)='Issuer']`, action: 'after' },
  });
  return signer.getSignedXml();
}
