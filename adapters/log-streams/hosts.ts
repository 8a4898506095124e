/** The addresses of products that are the same for every customer; tests have their own. */
export interface StreamHosts {
  readonly datadogIntake: (site: string) => string;
  readonly datadogApi: (site: string) => string;
  readonly newRelic: (region: string) => string;
  readonly microsoftLogin: (cloud: 'com' | 'us' | 'cn') => string;
  readonly googleToken: string;
  readonly googleStorage: string;
  /** Of a bucket, without a slash at its end. */
  readonly amazonBucket: (region: string, bucket: string) => string;
  readonly amazonSts: (region: string) => string;
}

const newRelicHosts: Readonly<Record<string, string>> = {
  us: 'https://log-api.newrelic.com',
  eu: 'https://log-api.eu.newrelic.com',
  gov: 'https://gov-log-api.newrelic.com',
};

const microsoftLogins = {
  com: 'https://login.microsoftonline.com',
  us: 'https://login.microsoftonline.us',
  cn: 'https://login.partner.microsoftonline.cn',
} as const;

const amazonDomain = (region: string) => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');

/** A site of Datadog may be the address of the test sink, which plays both of its hosts. */
const isAddress = (site: string) => /^https?:/.test(site);

export const streamHosts: StreamHosts = {
  datadogIntake: (site) => (isAddress(site) ? site : `https://http-intake.logs.${site}`),
  datadogApi: (site) => (isAddress(site) ? site : `https://api.${site}`),
  newRelic: (region) => newRelicHosts[region] ?? 'https://log-api.newrelic.com',
  microsoftLogin: (cloud) => microsoftLogins[cloud],
  googleToken: 'https://oauth2.googleapis.com/token',
  googleStorage: 'https://storage.googleapis.com',
  // A name with dots has no certificate as a host: then the bucket stands in the path.
  amazonBucket: (region, bucket) =>
    bucket.includes('.')
      ? `https://s3.${region}.${amazonDomain(region)}/${bucket}`
      : `https://${bucket}.s3.${region}.${amazonDomain(region)}`,
  amazonSts: (region) => `https://sts.${region}.${amazonDomain(region)}`,
};
