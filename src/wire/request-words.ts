/*
 * What nobody asks for by accident: files that hold secrets, ways into programs, strings that attack. The web detector counts
 * who asks; the judge looks whether one of them was answered. Lower case; '\n' stands for the end of the text.
 */

/** Files that must never be served. */
// prettier-ignore
export const secretFiles = [
  '/.env', '/.git/', '/.svn/', '/.hg/', '/.aws/', '/.ssh/', '/.kube/', '/.docker/', '/.npmrc', '/.htpasswd', '/id_rsa',
  '/id_ed25519', '/wp-config.php.', '/wp-config.bak', '/web.config', '/phpinfo', '/actuator/env', '/actuator/heapdump',
  '/server-status', '/credentials.json', '/terraform.tfstate', '/etc/shadow',
];

/** Paths that execute code or open consoles, and that no visitor has business with. */
// prettier-ignore
export const exploitPaths = [
  '/eval-stdin.php', '/cgi-bin/luci', '/boaform', '/goform/', '/hnap1', '/setup.cgi', '/_ignition/execute-solution',
  '/shell?', '/shell.php', '/cmd.php', '/c99.php', '/wso.php', '/webshell', '/manager/html', '/solr/admin/cores',
  '/geoserver/wfs', '/owa/auth/x.js', '/autodiscover/autodiscover.json?@', '/remote/fgt_lang',
];

/** Classes of attack strings, in the order of {@link attackTexts}. */
export const attackClasses = [
  'path traversal',
  'SQL injection',
  'cross-site scripting',
  'command injection',
  'code injection',
  'template or lookup injection',
  'XML entity',
] as const;

/** Strings that attack, by class. */
// prettier-ignore
export const attackTexts: readonly (readonly string[])[] = [
  ['../', '..\\', '..;/', '%2e%2e', '%252e', '/etc/passwd', '/proc/self/', 'win.ini', 'boot.ini', '..%c0%af', '..%2f'],
  [
    'union select', 'union all select', 'union/**/', "' or '", "' or 1=", ' or 1=1', "' and ", '" and ', ') and ',
    'sleep(', 'benchmark(', 'waitfor delay', 'pg_sleep', 'information_schema', 'extractvalue(', 'updatexml(',
    'xp_cmdshell', 'dbms_', 'randomblob(', ' order by 1', 'case when', "'--", "';", "'||", '1=1--', ' and 1=',
  ],
  ['<script', 'javascript:', 'onerror=', 'onload=', '<svg', 'alert(', '<img ', '<iframe', 'document.cookie'],
  [
    ';cat ', '|cat ', ';id\n', '|id\n', '$(', '`id`', 'cmd.exe', '/bin/sh', '/bin/bash', '/bin/cat', ';wget ', ';curl ',
    '|wget ', '|curl ', 'powershell', 'ping -c', ';ls ', '&&dir', '() {',
  ],
  [
    'phpinfo(', 'system(', 'passthru(', 'shell_exec', 'base64_decode', 'allow_url_include', 'auto_prepend_file',
    'php://', 'data://', 'expect://', 'file:///', '<?php', 'invokefunction', 'call_user_func', '<!--#', 'classloader',
  ],
  ['${jndi:', '{{7*', '${7*', '#{7*', '<%=', '${{', '#set(', '%{(', '${script:'],
  ['<!entity', '<!doctype', 'xsl:'],
];
