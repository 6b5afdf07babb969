import * as z from 'zod';
import { rangeKinds } from '../model/context.ts';
import { time } from './values.ts';

/** What is known beyond the events: the keys `assets` and `context`. */

const path = z.string().min(1);

export const assetsSection = z
  .strictObject({
    files: z
      .array(path)
      .default([])
      .describe(
        "The inventory: YAML, CSV or nmap's XML, several of them added up. Incidents then name the machine, its owner and its declared services.",
      ),
    home: z
      .boolean()
      .default(false)
      .describe(
        'Take the home networks from the inventory when `home` is absent: its networks, and the /24 or /64 around single addresses.',
      ),
    dark: z
      .boolean()
      .default(false)
      .describe(
        'The inventory is complete: whoever touches a home address that it does not name has touched a trap. Missing entries accuse customers.',
      ),
  })
  .prefault({})
  .describe('The machines that you know of.');

const source = z
  .strictObject({
    name: z.string().min(1).max(80).describe('What the list is called in reports.'),
    kind: z
      .enum(rangeKinds)
      .describe(
        'scanner: maps the Internet and says so; bot: a crawler; intel: a list of bad addresses; shared: asks for others (CDN, resolver, VPN or Tor exit, NAT).',
      ),
    file: path.optional().describe('Your copy of the list.'),
    url: z
      .string()
      .regex(/^https?:\/\/\S+$/, 'expected a URL')
      .optional()
      .describe('Where `offtrail context update --fetch` gets it. Nothing else ever asks for it.'),
    source: z.string().min(1).optional().describe('Who publishes it. Absent: its url, or its file.'),
    date: time.optional().describe('What day it is of. Absent: the day it names itself, or of its file.'),
    agents: z
      .array(z.string().min(3))
      .default([])
      .describe(
        'How its owner signs requests, such as Googlebot. Whoever signs so from elsewhere is named a forgery.',
      ),
    hosts: z
      .array(z.string().regex(/^[a-z0-9.-]{4,253}$/, 'expected the end of a host name such as googlebot.com'))
      .default([])
      .describe('Ends of the names of its addresses in reverse DNS, such as googlebot.com.'),
  })
  .refine(({ file, url }) => (file === undefined) !== (url === undefined), 'expected either file or url');

export const contextSection = z
  .strictObject({
    folder: path
      .default('offtrail-context')
      .describe('Where `offtrail context update` puts lists, and where they are read from. May be absent.'),
    shipped: z
      .boolean()
      .default(true)
      .describe(
        'Use the lists of known scanners that come with Offtrail. They age; the reports say how old they are.',
      ),
    sources: z.array(source).default([]).describe('What `offtrail context update` reads.'),
    asn: path.optional().describe('A MaxMind DB with the autonomous system of addresses.'),
    country: path.optional().describe('A MaxMind DB with the country of addresses.'),
    names: z
      .strictObject({
        verify: z
          .boolean()
          .default(false)
          .describe(
            'Ask DNS for the names of the actors of incidents, and whether they lead back. This tells resolvers whom you look at.',
          ),
        timeout: z.number().min(0.1).max(30).default(2).describe('Seconds that one question may take.'),
        limit: z.int().min(1).max(10_000).default(50).describe('Actors asked about in one run at most.'),
        servers: z
          .array(z.string().min(3))
          .default([])
          .describe('Resolvers to ask. Empty: those of the system.'),
      })
      .prefault({})
      .describe('Reverse DNS, confirmed forward. Answers are kept for a week in the folder.'),
  })
  .prefault({})
  .describe('What others say of addresses.');

export type AssetsTree = z.infer<typeof assetsSection>;
export type ContextTree = z.infer<typeof contextSection>;
export type SourceTree = z.infer<typeof source>;
