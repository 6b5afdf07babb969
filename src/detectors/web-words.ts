import type { Word } from '../bytes/byte-matcher.ts';
import type { Kind } from '../model/finding.ts';
import { attackClasses, attackTexts, exploitPaths, secretFiles } from '../wire/request-words.ts';

/*
 * Words that tell web scanners apart by what they ask and by what they call themselves. Facts from the tools' own
 * documentation and word lists, OWASP CRS rules 913 and 930–944 (what is attacked, not their patterns), and the lab.
 */

/** Files that hold secrets: whoever asks for one looks for a leak, whatever the answer. */
export const secretBit = 1;
/** Programs that many sites have and many more have not: asking is a probe when it is not there. */
export const panelBit = 2;
/** What Nmap's service detection asks for, and nobody else. */
export const nmapBit = 4;
/** A hidden file or folder (a name that begins with a dot), and the one that RFC 8615 made public. */
export const hiddenBit = 1 << 28;
export const wellKnownBit = 1 << 29;
/** Files that tell which program a site runs, and in which version: no page links to them, and browsers do not ask. */
export const versionBit = 1 << 27;
export const attackBit = 8;
export const attackMask = ((1 << attackClasses.length) - 1) * attackBit;

// prettier-ignore
const secrets = [
  ...secretFiles,
  '/.bzr/', '/.cvs/', '/cvs/entries',
  '/id_dsa', '/.htaccess', '/.ds_store', '/.pypirc', '/.netrc',
  '/.bash_history', '/.mysql_history', '/.idea/', '/.vscode/sftp', '/wp-config.php', '/config.php.bak',
  '/configuration.php', '/settings.py', '/database.yml', '/secrets.yml', '/application.yml', '/application.properties',
  '/credentials', '/server-info', '/heapdump\n',
  '.sql\n', '.sql.gz\n', '.sql.zip\n', '.bak\n', '.old\n', '.swp\n', '.pem\n', '.key\n', '.kdbx\n',
  '/docker-compose.y', '/dockerfile\n', '/composer.lock', '/firebase.json', '/sftp-config.json',
];

// prettier-ignore
const panels = [
  ...exploitPaths,
  '/wp-login.php', '/wp-admin', '/xmlrpc.php', '/phpmyadmin', '/pma/', '/myadmin/', '/adminer',
  '/host-manager/', '/cgi-bin/', '/actuator', '/solr/', '/vendor/phpunit',
  '/_ignition/', '/telescope/', '/geoserver/', '/druid/', '/owa/', '/ecp/', '/wls-wsat', '/struts',
  '/jenkins', '/sdk\n', '/evox/about', '.cgi\n',
  '.dll\n', '.pl\n', '.cfm\n', '.jspx\n', '/r57.php', '/admin.php',
  '/install.php', '/invoker/', '/jmx-console', '/web-console', '/remote/login', '/dana-na/',
  '/vpn/', '/+cscoe+', '/global-protect/', '/api/jsonws', '/_cat/', '/_all_dbs', '/v2/_catalog',
  '/composer.json', '/old.zip', '/site.tar', '/backup.', '/graphql\n', '/swagger', '/api-docs', '/console/', '/cfide/',
];

// prettier-ignore
const versions = [
  '/changelog.txt', '/changelog.md', '/readme.html', '/readme.txt', '/readme.md', '/license.txt', '/install.txt', '/release-notes', '/release_notes',
  '/version.txt', '/version.json', '/version\n', '/api/version', '/misc/drupal.js', '/core/changelog', '/manifests/files/joomla.xml',
  '/language/en-gb/en-gb.xml', '/wp-links-opml.php', '/magento_version', '/rss/catalog', '/umbraco/', '/sitecore/', '/typo3/changelog',
  '/public/img/fav32.png', '/static/images/logo_pmg', '/admin/images/cal_date_over.gif', '/login_up.php', '/images/jenkins',
];

/** Methods that browsers, programs and WebDAV use. */
export const usualMethods: ReadonlySet<string> = new Set(
  (
    'GET HEAD POST PUT DELETE PATCH OPTIONS CONNECT PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH ACL ' +
    'MKCALENDAR MKACTIVITY CHECKOUT MERGE CHECKIN UPDATE LABEL BIND UNBIND REBIND VERSION-CONTROL ORDERPATCH PRI PURGE'
  ).split(' '),
);

export const requestWords: readonly Word[] = [
  ...secrets.map((text) => ({ text, mask: secretBit })),
  ...panels.map((text) => ({ text, mask: panelBit })),
  ...['/nice ports', '/nmaplowercheck', '/nmapuppercheck'].map((text) => ({ text, mask: nmapBit })),
  ...versions.map((text) => ({ text, mask: versionBit })),
  { text: '/.', mask: hiddenBit },
  { text: '/.well-known/', mask: wellKnownBit },
  ...attackTexts.flatMap((texts, i) => texts.map((text) => ({ text, mask: attackBit << i }))),
];

/** Attack strings that are put into the user agent. */
export const agentWords: readonly Word[] = ['${jndi:', '() {', '<?php', '<script', 'union select'].map(
  (text) => ({ text, mask: 1 }),
);

/**
 * What a tool calls itself, as whole words of the agent: `zap` is not in Zapier, `sqlmap` is in sqlmap/1.7.2. By the kind
 * of scan that the tool is made for.
 */
// prettier-ignore
const tools: readonly (readonly [Kind, readonly string[]])[] = [
  [
    'wordlist',
    ['ffuf', 'gobuster', 'feroxbuster', 'dirb', 'dirbuster', 'dirsearch', 'wfuzz', 'rustbuster', 'dirhunt', 'bfac',
      'wprecon', 'cansina', 'dirmap', 'kiterunner', 'webbandit', 'webshag', 'jorgee'],
  ],
  [
    'vulnerability',
    ['nikto', 'nuclei', 'sqlmap', 'wpscan', 'zap', 'zaproxy', 'wapiti', 'arachni', 'acunetix', 'netsparker', 'invicti',
      'nessus', 'openvas', 'greenbone', 'commix', 'joomscan', 'skipfish', 'w3af', 'jaeles', 'fimap', 'havij', 'morfeus',
      'nettacker', 'tsunamisecurityscanner', 'xsser', 'dalfox', 'dotdotpwn', 'metasploit', 'golismero', 'appspider',
      'detectify', 'ironwasp', 'jbrofuzz', 'sysscan', 'zmeu', 'pentest', 'burpcollaborator', 'qualys', 'crlfuzz',
      'gxss', 'securityagent', 'cmsmap', 'droopescan', 'vulscan', 'fuzzer'],
  ],
  [
    'web-fingerprint',
    ['whatweb', 'wappalyzer', 'wafw00f', 'whatwaf', 'projectdiscovery', 'httprint', 'blindelephant', 'httprecon',
      'aquatone', 'gowitness', 'eyewitness', 'webanalyze', 'cmseek', 'hexometer'],
  ],
  ['service-fingerprint', ['nmap', 'zgrab', 'masscan', 'zmap', 'l9explore', 'l9tcpid', 'l9scan', 'netlab360', 'censysinspect']],
];

const kindOfTool = new Map(tools.flatMap(([kind, names]) => names.map((name) => [name, kind] as const)));

/** The scanner that an agent names, if any. */
export function toolOf(agent: string): { readonly tool: string; readonly kind: Kind } | undefined {
  const lower = agent.toLowerCase();
  if (lower.includes('fuzz faster u fool')) return { tool: 'ffuf', kind: 'wordlist' };
  if (lower.includes('nmap scripting engine')) return { tool: 'nmap', kind: 'service-fingerprint' };
  for (const word of lower.split(/[^a-z0-9]+/)) {
    const kind = kindOfTool.get(word);
    if (kind) return { tool: word, kind };
  }
  return undefined;
}
