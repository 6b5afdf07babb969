/*
 * What hosts are called that name searchers ask for first: the words that at least three of four published lists share
 * (fierce 1.5 `default`, dnsrecon 1.1 `namelist`, dnsenum 1.2 `dns.txt`, the first thousand of SecLists'
 * `subdomains-top1million-5000`), without the digits at their ends, and without what machines look for by
 * themselves (dns-names.ts).
 */

const words = new Set(
  (
    'abc about ac access accounts ad admin administrador administrator ads adserver adsl affiliate affiliates ag ' +
    'agent alpha antivirus ap apollo app apple apps ar as asia athena atlas au auction auth auto av b2b ' +
    'backend backup bb bbs be beta bi billing biz black blog blogs border br bt bugs bugzilla ca cache calendar ' +
    'careers catalog cc cdn cert channel chat ci cisco citrix class classifieds client clients club cm cms cn code ' +
    'community conf conference connect contact content core corp corporate correo crm cs css customer cvs cz data ' +
    'database db dc de delta demo design dev devel develop developer development digital dir direct directory dm dmz ' +
    'dns docs domain domains download downloads dragon drupal eagle ec ecommerce edu education email en eng erp es eu ' +
    'europe events exchange extern extranet fax feedback feeds file files firewall flash forum forums foto fr fs ftp ' +
    'ftpserver fw galleries gallery games gamma gate go gold golf gr green groups gs gw help helpdesk hermes ' +
    'hn home host hotel hp hr http https ia id ida ids im images imail imap img in info inside install int intern ' +
    'internal internet intranet ipv ir irc iris is ism it jobs jp kb lab labs lb ldap lib library link linux lists ' +
    'listserv live log login logs mail mailer mailgate mailhost mailing main mall manage manager map ' +
    'maps marketing mars master max mc md me media member members mercury mirror mis ml mm mobile monitor monitoring ' +
    'moon movies mp mrtg ms mssql mt mta music mx my mysql name nas nat nc neptune net network new news ng nl nms nr ' +
    'ns ntp ntserver office old omega online open orange order orders orion outlook owa partner partners pbx pc pda ' +
    'pg phoenix phone photos pics pl pluto pm po pop portal post ppp pptp pr press privacy project projects ' +
    'promo proxy prueba ps pt pub public qa register relay rss search secure server shop smtp spam sql ssh ' +
    'stage staging static stats syslog test tr training upload voip vpn web webdev webmail webserver win windows ww ' +
    'www xml'
  ).split(' '),
);

/** The word that a label is, with or without a number behind (`mail`, `ns3`, `web-02`); undefined: none of those words. */
export function commonWord(label: string): string | undefined {
  let end = label.length;
  while (end > 0 && (label.charCodeAt(end - 1) - 48) >>> 0 < 10) end--;
  if (end < label.length && end > 1 && label[end - 1] === '-') end--;
  const word = label.slice(0, end);
  return words.has(word) ? word : undefined;
}
