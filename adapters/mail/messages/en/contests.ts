import type { ContestNews } from '../../../../onboarding/domain-holding.ts';
import type { Names } from './words.ts';

/** What becomes of a domain that two organizations have proved, or that is part of another’s [DOM-05] [DOM-07]. */

export function contestWords({
  org,
  product,
  vendor,
  domain,
}: Names & { domain: string }): Record<ContestNews, { subject: string; paragraphs: string[] }> {
  return {
    contested: {
      subject: `Another organization claims ${domain}`,
      paragraphs: [
        `It has added a valid record and asks for ${domain} on ${product}. Your record is there too, so nothing moves: ${vendor} decides, and until then the domain stays with ${org}.`,
        'Keep your record where it is. If you have given the domain away, reply to this mail.',
      ],
    },
    lost: {
      subject: `${org} no longer holds ${domain}`,
      paragraphs: [
        `Another organization has proved ${domain}, and your record was gone when we looked. For 24 hours nobody holds it; after that, the other organization may.`,
        `If the domain is yours, put the record back and start its proof again within that time, or write to ${vendor}.`,
      ],
    },
    claim_contested: {
      subject: `${domain} is held by another organization`,
      paragraphs: [
        `We found your record, but another organization holds ${domain} on ${product} and can still prove it. ${vendor} decides; until then the domain does not count for ${org}.`,
        'What you have set up is kept, and there is nothing for you to do now.',
      ],
    },
    claim_waits: {
      subject: `${domain}: one more day`,
      paragraphs: [
        `We found your record. Another organization held ${domain} on ${product} until now, so it counts for ${org} after 24 hours.`,
        'Keep the record where it is: we look again by ourselves.',
      ],
    },
    given: {
      subject: `${domain} counts for ${org}`,
      paragraphs: [
        `${vendor} has decided between the two organizations that claimed ${domain} on ${product}: it counts for ${org} now.`,
        'There is nothing for you to do.',
      ],
    },
    taken: {
      subject: `${org} no longer holds ${domain}`,
      paragraphs: [
        `${vendor} has decided that ${domain} belongs to another organization on ${product}. New people with addresses in it are no longer let in by ${org}.`,
        `If that is wrong, reply to this mail or write to ${vendor}.`,
      ],
    },
    won: {
      subject: `${domain} counts for ${org}`,
      paragraphs: [
        `The day in which the former holder of ${domain} could object on ${product} is over: the domain counts for ${org} now.`,
        'Keep the record where it is: we look again every day. There is nothing else for you to do.',
      ],
    },
    reviewed: {
      subject: `${domain}: ${vendor} looks at it`,
      paragraphs: [
        `We found your record. ${domain} is part of a larger domain, so ${vendor} looks at it before it counts for ${org} on ${product}.`,
        'Keep the record where it is: it is looked at again then. There is nothing else for you to do now.',
      ],
    },
    approved: {
      subject: `${domain} counts for ${org}`,
      paragraphs: [
        `${vendor} has looked at ${domain}: it counts for ${org} on ${product} now.`,
        'Keep the record where it is: we look again every day. There is nothing else for you to do.',
      ],
    },
    refused: {
      subject: `${domain} does not count for ${org}`,
      paragraphs: [
        `${vendor} has looked at ${domain} and decided that it does not count for ${org} on ${product}. What you have set up is kept.`,
        `If that is wrong, reply to this mail or write to ${vendor}.`,
      ],
    },
    passed_on: {
      subject: `${domain} belongs to another organization now`,
      paragraphs: [
        `The day to object is over, and the other organization has proved ${domain} on ${product}. New people with addresses in it are no longer let in by ${org}.`,
        `If the domain is yours, write to ${vendor}: they can decide for you.`,
      ],
    },
  };
}
