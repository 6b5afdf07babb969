// What one actor of the lab is: whose address does what, with which tool, and what it should be called.
import type { Kind } from '../src/model/finding.ts';

export interface Actor {
  id: string;
  benign: boolean;
  /** Its own addresses; the first is the main one. */
  sources: string[];
  /** The name of the program, or of the behaviour. */
  tool: string;
  /** Every kind of scan that it is; empty for benign actors. */
  kinds: Kind[];
  targets: string[];
  /** Bash, run inside the actor's namespace. LAB, WORDS, LENGTH and TMP are set; lab/behaviour.sh is loaded. */
  command: string;
  /** From the first second to the last beside everything else, instead of taking its turn. */
  whole?: boolean;
  /** The host of the site that it runs on; absent: it is an outsider with a namespace of its own. */
  inside?: string;
  /** Addresses that it forges. They are nobody's. */
  decoys?: string[];
  /** Seconds after which it is stopped. */
  limit?: number;
  /** What is special about it, for readers. */
  note?: string;
}

export const SITE = '198.51.100.0/27';
export const SITE6 = '2001:db8:51::/64';
export const DNS = '198.51.100.2';
export const WWW = '198.51.100.3';
export const APP = '198.51.100.4';
export const MAIL = '198.51.100.5';
export const SSH = '198.51.100.6';
export const VOIP = '198.51.100.7';
export const LEGACY = '198.51.100.10';
export const DB = '198.51.100.11';
export const PEER = '198.51.100.13';
