namespace Podwall.Tests.Linting;

/// <summary>Manifests that have a mistake, others that have it not, and others that come near; and what all of them have around them.</summary>
internal static class RuleCases
{
    // The cluster of every case: web, api and db in apps; worker and notebook in data; DNS; a node.
    public const string Cluster =
        """
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: apps}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: data, labels: {team: data}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: apps, labels: {app: web}}
        spec: {nodeName: n1, containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}
        status: {podIPs: [{ip: 10.1.0.1}, {ip: "fd00::1"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: api, namespace: apps, labels: {app: api}}
        spec: {serviceAccountName: api, containers: [{name: c, ports: [{name: dns, containerPort: 53, protocol: UDP}]}]}
        status: {podIPs: [{ip: 10.1.0.2}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: worker, namespace: data, labels: {app: worker}}
        status: {podIPs: [{ip: 10.1.1.1}, {ip: "fd00::11"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: notebook, namespace: data, labels: {app: notebook}}
        status: {podIPs: [{ip: 10.1.1.2}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: coredns, namespace: kube-system, labels: {k8s-app: kube-dns}}
        status: {podIPs: [{ip: 10.1.9.1}]}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n1, labels: {node-role.kubernetes.io/control-plane: ""}}
        spec: {podCIDR: 10.1.0.0/24}
        status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
        ---
        apiVersion: v1
        kind: Node
        metadata: {name: n2, labels: {node.kubernetes.io/instance-type: k3s, node-role.kubernetes.io/control-plane: ""}}
        status: {addresses: [{type: InternalIP, address: 192.168.0.2}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: apps}
        spec: {type: LoadBalancer, clusterIP: 10.96.0.20, selector: {app: web}, ports: [{port: 443, targetPort: http}]}
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: hook}
        webhooks: [{name: a.b.c, clientConfig: {service: {name: web, namespace: apps}}}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: api, namespace: apps}
        subjects: [{kind: ServiceAccount, name: api, namespace: apps}]
        ---
        apiVersion: v1
        kind: Endpoints
        metadata: {name: kubernetes, namespace: default}
        subsets: [{addresses: [{ip: 192.168.0.1}], ports: [{port: 6443}]}]

        """;

    private const string Dns = "{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}], ports: [{protocol: UDP, port: 53}, {port: 53}]}";

    /// <summary>Rule, policies (a spec each, named p1, p2... in apps), and the field where it is found; none where it is not.</summary>
    public static TheoryData<string, string, string?> Cases => new()
    {
        { "egress-without-dns", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}]}]}", "spec.egress" },
        { "egress-without-dns", $"{{podSelector: {{matchLabels: {{app: web}}}}, policyTypes: [Egress], egress: [{{to: [{{podSelector: {{}}}}]}}, {Dns}]}}", null },
        // Denied altogether, and opened by another policy.
        { "egress-without-dns", "{podSelector: {}, policyTypes: [Egress]}", null },
        { "egress-without-dns", $"{{podSelector: {{matchLabels: {{app: web}}}}, policyTypes: [Egress], egress: [{{to: [{{podSelector: {{}}}}]}}]}};{{podSelector: {{}}, policyTypes: [Egress], egress: [{Dns}]}}", null },
        // Only TCP, or DNS pods of the wrong namespace, is no DNS.
        { "egress-without-dns", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}], ports: [{port: 53}]}]}", "spec.egress" },
        { "egress-without-dns", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.96.0.20/32}}], ports: [{protocol: UDP, port: 53}]}]}", "spec.egress" },
        { "egress-without-dns", "{podSelector: {matchExpressions: [{key: app, operator: In, values: [web]}]}, policyTypes: [Egress], egress: [{ports: [{protocol: UDP, port: 53}]}]}", null },
        { "dns-without-tcp", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}], ports: [{protocol: UDP, port: 53}]}]}", "spec.egress[0]" },
        { "dns-without-tcp", $"{{podSelector: {{}}, policyTypes: [Egress], egress: [{Dns}]}}", null },
        { "dns-without-tcp", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}]}]}", null },
        { "and-or-confusion", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: worker}}}, {namespaceSelector: {matchLabels: {team: data}}}]}]}", "spec.ingress[0].from[0]" },
        { "and-or-confusion", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: worker}}, namespaceSelector: {matchLabels: {team: data}}}]}]}", null },
        // No pod of those namespaces satisfies both, so that both were not meant; or everything is allowed anyway.
        { "and-or-confusion", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}, {namespaceSelector: {matchLabels: {team: data}}}]}]}", null },
        { "and-or-confusion", "{podSelector: {matchLabels: {app: web}}, ingress: [{}, {from: [{podSelector: {matchLabels: {app: worker}}}, {namespaceSelector: {matchLabels: {team: data}}}]}]}", null },
        { "namespace-selector-matches-nothing", "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {name: data}}}]}]}", "spec.ingress[0].from[0]" },
        { "namespace-selector-matches-nothing", "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [data, web]}]}}]}]}", null },
        { "namespace-selector-matches-nothing", "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-public}}}]}]}", null },
        { "direction-forgotten", "{podSelector: {}, policyTypes: [Ingress], egress: [{}]}", "spec.egress" },
        { "direction-forgotten", "{podSelector: {}, policyTypes: [Egress], ingress: [{}]}", "spec.ingress" },
        { "direction-forgotten", "{podSelector: {}, egress: [{}]}", null },
        { "direction-forgotten", "{podSelector: {}, policyTypes: [Ingress], egress: []}", null },
        { "implicit-policy-types", "{podSelector: {}, ingress: [{}]}", "spec" },
        { "implicit-policy-types", "{podSelector: {}, policyTypes: [Ingress], ingress: [{}]}", null },
        { "implicit-policy-types", "{podSelector: {}, policyTypes: [Egress], egress: []}", null },
        { "subject-matches-nothing", "{podSelector: {matchLabels: {app: wbe}}}", "spec.podSelector" },
        { "subject-matches-nothing", "{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}", null },
        { "subject-matches-nothing", "{podSelector: {}}", null },
        { "peer-matches-nothing", "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: worker}}}]}]}", "spec.ingress[0].from[0]" },
        { "peer-matches-nothing", "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: data}}, podSelector: {matchLabels: {app: worker}}}]}]}", null },
        { "peer-matches-nothing", "{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [worker]}]}}]}]}", null },
        { "selector-never-matches", "{podSelector: {matchLabels: {app: web}, matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}", "spec.podSelector" },
        { "selector-never-matches", "{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: a, operator: Exists}, {key: a, operator: DoesNotExist}]}}]}]}", "spec.ingress[0].from[0]" },
        { "selector-never-matches", "{podSelector: {matchLabels: {app: web}, matchExpressions: [{key: app, operator: In, values: [web, api]}]}}", null },
        { "selector-never-matches", "{podSelector: {matchLabels: {app: web}, matchExpressions: [{key: app, operator: NotIn, values: [api]}, {key: app, operator: Exists}]}}", null },
        { "port-name-unknown", "{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: htpp}]}]}", "spec.ingress[0].ports[0]" },
        { "port-name-unknown", "{podSelector: {matchLabels: {app: api}}, ingress: [{ports: [{port: dns}]}]}", "spec.ingress[0].ports[0]" },
        { "port-name-unknown", "{podSelector: {matchLabels: {app: api}}, ingress: [{ports: [{port: dns, protocol: UDP}]}]}", null },
        { "port-name-unknown", "{podSelector: {}, ingress: [{ports: [{port: http}]}]}", null },
        { "port-name-unknown", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: http}]}]}", "spec.egress[0].ports[0]" },
        { "block-covers-pods", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}", "spec.ingress[0].from[0]" },
        { "block-covers-pods", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]}", null },
        { "block-covers-pods", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.1.1.1/32}}]}]}", "spec.ingress[0].from[0]" },
        // Selectors let the same pods in.
        { "block-covers-pods", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.1.1.0/24}}]}, {from: [{namespaceSelector: {}}]}]}", null },
        { "block-covers-pods", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 192.168.0.0/16}}]}]}", "spec.ingress[0].from[0]" },
        { "block-covers-pods", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 192.168.0.2/32}}]}]}", null },
        // The range of a node's pods, in which there are none yet, and one beside it.
        { "block-covers-pods", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.1.0.128/25}}]}]}", "spec.ingress[0].from[0]" },
        { "block-covers-pods", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.1.2.0/24}}]}]}", null },
        { "service-address-in-block", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.96.0.20/32}}]}]}", "spec.egress[0].to[0]" },
        { "service-address-in-block", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 203.0.113.20/32}}]}]}", null },
        { "service-address-in-block", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}", null },
        { "block-of-everywhere", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}", "spec.egress[0].to[0]" },
        { "block-of-everywhere", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}]}", null },
        { "block-of-everywhere", "{podSelector: {}, policyTypes: [Egress], egress: [{}, {to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}", null },
        { "metadata-reachable", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 169.254.0.0/16}}]}]}", "spec.egress[0].to[0]" },
        { "metadata-reachable", "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 1, endPort: 100}]}]}", "spec.egress[0]" },
        { "metadata-reachable", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}]}", null },
        { "metadata-reachable", "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}]}", null },
        { "metadata-reachable", "{podSelector: {}, policyTypes: [Egress], egress: [{}]}", null },
        { "family-missing", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}", "spec.ingress[0].from[0]" },
        { "family-missing", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0'}}]}]}", null },
        // This pod has one family.
        { "family-missing", "{podSelector: {matchLabels: {app: api}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}", null },
        { "except-removes-nothing", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}, {from: [{ipBlock: {cidr: 10.1.0.0/16}}]}]}", "spec.ingress[0].from[0].ipBlock.except[0]" },
        { "except-removes-nothing", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.1.2.0/24]}}]}]}", "spec.ingress[0].from[0].ipBlock.except[1]" },
        { "except-removes-nothing", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}, {from: [{ipBlock: {cidr: 10.1.0.0/17}}]}]}", null },
        { "except-removes-nothing", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}, {from: [{ipBlock: {cidr: 10.1.0.0/16}}], ports: [{port: 80}]}]}", null },
        { "host-bits", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.1.2.3/8}}]}]}", "spec.ingress[0].from[0].ipBlock.cidr" },
        { "host-bits", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.2.0.1/24]}}]}]}", "spec.ingress[0].from[0].ipBlock.except[0]" },
        { "host-bits", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.1.2.3/32}}]}]}", null },
        { "host-bits", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}", null },
        { "leading-zeros", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 010.0.0.0/8}}]}]}", "spec.ingress[0].from[0].ipBlock.cidr" },
        { "leading-zeros", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}", null },
        // In IPv6 they mean nothing else.
        { "leading-zeros", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: '2001:0db8::/32'}}]}]}", null },
        { "redundant-rule", "{podSelector: {}, ingress: [{from: [{podSelector: {}}]}, {from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]}", "spec.ingress[1]" },
        { "redundant-rule", "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {podSelector: {matchLabels: {app: web}}}]}]}", "spec.ingress[0].from[1]" },
        { "redundant-rule", "{podSelector: {}, ingress: [{ports: [{port: 80}, {port: 1, endPort: 90}]}]}", "spec.ingress[0].ports[0]" },
        { "redundant-rule", "{podSelector: {}, ingress: [{ports: [{port: 80}, {port: 80, protocol: UDP}]}]}", null },
        // The same pods today, and not by what is written.
        { "redundant-rule", "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}, {from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [api]}]}}], ports: [{port: 80}]}]}", null },
        { "redundant-policy", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{ports: [{port: 80}]}]};{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{ports: [{port: 80}]}]}", "" },
        { "redundant-policy", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{ports: [{port: 80}]}]};{podSelector: {}, policyTypes: [Ingress]}", null },
        { "redundant-policy", "{podSelector: {}, policyTypes: [Ingress], ingress: [{}]};{podSelector: {}, policyTypes: [Ingress]}", null },
        { "overlapping-rules", "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}, {port: 81}]}]};{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 81}, {port: 82}]}]}", "spec.ingress[0]" },
        { "overlapping-rules", "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]};{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 81}]}]}", null },
        // One holds all of the other: that is redundant.
        { "overlapping-rules", "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]};{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}, {port: 81}]}]}", null },
        { "half-open", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}]}]};{podSelector: {matchLabels: {app: api}}, ingress: [{ports: [{port: 81}]}]}", "spec.egress[0].to[0]" },
        { "half-open", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}]}]};{podSelector: {matchLabels: {app: api}}, ingress: [{ports: [{port: 80}]}]}", null },
        { "half-open", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: 80}]}]};{podSelector: {}, ingress: []}", null },
        // What may come in may not be sent.
        { "half-open", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}]}]};{podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{ports: [{port: 81}]}]}", "spec.ingress[0].from[0]" },
        { "half-open", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}]}]};{podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{ports: [{port: 79, endPort: 81}]}]}", null },
        { "control-plane-cut", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}]}", "spec.ingress" },
        { "control-plane-cut", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}, {ports: [{port: 80}]}]}", null },
        { "control-plane-cut", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 192.168.0.0/24}}], ports: [{port: http}]}]}", null },
        { "exposed-service-cut", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}]}", "spec.ingress" },
        { "exposed-service-cut", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}]}", "spec.ingress" },
        { "exposed-service-cut", "{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]}", null },
        // The nodes, as which clients come, are let in, too.
        { "exposed-service-cut", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}, {ipBlock: {cidr: 192.168.0.0/24}}]}]}", null },
        { "api-server-cut", "{podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{ports: [{port: 443}]}]}", "spec.egress" },
        { "api-server-cut", "{podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 192.168.0.1/32}}], ports: [{port: 6443}]}]}", null },
        // No account of its own.
        { "api-server-cut", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}", null },
    };

    /// <summary>Rule, files, what a live cluster has of them (nothing where there is none), and the places where it is found.</summary>
    public static TheoryData<string, string, string, string> CasesElsewhere => new()
    {
        { "no-enforcer", Policy("p1", "{podSelector: {}}") + Cluster.Replace("k3s", "m5.large", StringComparison.Ordinal), "", "the cluster" },
        { "no-enforcer", Cluster.Replace("k3s", "m5.large", StringComparison.Ordinal), "", "" },
        // It has one built in.
        { "no-enforcer", Policy("p1", "{podSelector: {}}") + Cluster, "", "" },
        { "stored-policy-types", Policy("p1", "{podSelector: {}, ingress: [{}], egress: [{}]}"), Policy("p1", "{podSelector: {}, ingress: [{}]}"), "NetworkPolicy apps/p1 spec" },
        { "stored-policy-types", Policy("p1", "{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}]}"), Policy("p1", "{podSelector: {}, ingress: [{}]}"), "" },
        // It was stored with egress already.
        { "stored-policy-types", Policy("p1", "{podSelector: {}, ingress: [{}], egress: [{}]}"), Policy("p1", "{podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}]}"), "" },
        { "name-contradicts", Policy("deny-all", "{podSelector: {}, policyTypes: [Ingress], ingress: [{}]}") + Cluster, "", "NetworkPolicy apps/deny-all metadata.name" },
        { "name-contradicts", Policy("deny-all", "{podSelector: {}, policyTypes: [Ingress]}") + Cluster, "", "" },
        // Everybody, and on one port only.
        { "name-contradicts", Policy("deny-all", "{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 80}]}]}") + Cluster, "", "" },
        { "pod-without-policy", Policy("p1", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}") + Cluster, "", "Pod apps/api" },
        { "pod-without-policy", Policy("p1", "{podSelector: {}, policyTypes: [Ingress]}") + Cluster, "", "" },
        // No policy can select a pod on its node's network.
        { "pod-without-policy", Policy("p1", "{podSelector: {matchExpressions: [{key: app, operator: In, values: [web, api]}]}}") + Cluster + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: host, namespace: apps}\nspec: {hostNetwork: true}\n", "", "" },
        { "no-default-deny", Policy("p1", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}") + Cluster, "", "Namespace apps, Namespace data" },
        { "no-default-deny", Policy("p1", "{podSelector: {}, policyTypes: [Ingress]}") + Cluster, "", "Namespace data" },
        // Every pod of today is isolated, and none of tomorrow; and a policy for all of them that governs something else.
        { "no-default-deny", Policy("p1", "{podSelector: {matchExpressions: [{key: app, operator: Exists}]}, policyTypes: [Ingress]}") + Policy("p2", "{podSelector: {}, policyTypes: [Egress]}") + Cluster, "", "Namespace apps, Namespace data" },
        { "no-default-deny", Policy("p1", "{podSelector: {}, policyTypes: [Ingress]}"), "", "" },
        // Rules take nothing from the isolation.
        { "no-default-deny", Policy("p1", "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}") + Cluster.Replace("namespace: data", "namespace: apps", StringComparison.Ordinal), "", "" },
        { "ignored-field", Policy("p1\n  uid: abc\n  creationTimestamp: null\n  resourceVersion: \"7\"", "{podSelector: {}}\nstatus: {}"), "", "NetworkPolicy apps/p1 metadata.resourceVersion, NetworkPolicy apps/p1 metadata.uid, NetworkPolicy apps/p1 status" },
        { "ignored-field", Policy("p1\n  creationTimestamp: null\n  annotations: {uid: abc}", "{podSelector: {}}"), "", "" },
        { "ignored-field", Policy("p1\n  labels: {status: old}", "{podSelector: {}}"), "", "" },
    };

    public static string Policies(string specs) => string.Concat(specs.Split(';').Select((s, i) => Policy($"p{i + 1}", s)));

    public static string Policy(string name, string spec) => $"---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  namespace: apps\n  name: {name}\nspec: {spec}\n";
}
