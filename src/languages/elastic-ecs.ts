import { type Mapping, builtInMapping } from '../sigma/mapping.ts';

const network =
  'source.ip=source.ip:address source.port=source.port:number destination.ip=destination.ip:address destination.port=destination.port:number';

/**
 * The fields of the Elastic Common Schema, with their types. Text fields are taken to be of type keyword.
 * https://www.elastic.co/docs/reference/ecs/ecs-field-reference
 */
export const elasticEcs: Mapping = builtInMapping('elastic (Elastic Common Schema)', [
  {
    logsource: { category: 'firewall' },
    from: 'logs-*',
    time: '@timestamp',
    fields: `src_ip=source.ip:address src_port=source.port:number dst_ip=destination.ip:address
        dst_port=destination.port:number action=event.action username=user.name`,
  },
  {
    logsource: { category: 'webserver' },
    from: 'logs-*',
    time: '@timestamp',
    fields: `c-ip=source.ip:address s-ip=destination.ip:address s-port=destination.port:number
        cs-method=http.request.method cs-uri-stem=url.path cs-uri-query=url.query
        cs-host=url.domain sc-status=http.response.status_code:number
        cs-user-agent=user_agent.original cs-referer=http.request.referrer
        cs-username=user.name`,
  },
  {
    logsource: { category: 'proxy' },
    from: 'logs-*',
    time: '@timestamp',
    fields: `c-uri=url.original c-useragent=user_agent.original src_ip=source.ip:address
        dst_ip=destination.ip:address cs-method=http.request.method
        sc-status=http.response.status_code:number cs-host=url.domain`,
  },
  {
    logsource: { category: 'dns' },
    from: 'logs-*',
    time: '@timestamp',
    fields: 'query=dns.question.name record_type=dns.question.type answer=dns.answers.data',
  },
  {
    logsource: { category: 'network', service: 'dns' },
    from: 'logs-*',
    time: '@timestamp',
    fields: `${network} dns.response.code=dns.response_code`,
  },
  {
    logsource: { category: 'network' },
    from: 'logs-*',
    time: '@timestamp',
    fields: `${network} network.state=zeek.connection.state`,
  },
  { logsource: {}, from: 'logs-*', time: '@timestamp', fields: network },
]);
