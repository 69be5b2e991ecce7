namespace Podwall.SystemTests.Agent;

/// <summary>What kube-proxy sets up for one service with one pod behind it, TCP and UDP, in two of its modes: the same hooks, the same order.</summary>
internal static class KubeProxy
{
    public const string ClusterIp = "10.96.0.10", NodeIp = "192.0.2.1", ClusterIp6 = "fd00:96::10", NodeIp6 = "2001:db8::1";

    private const string Nftables = """
        table IP kube-proxy {
          chain services {
            IP daddr CLUSTER meta l4proto { tcp, udp } th dport 80 goto endpoint
            IP daddr NODE meta l4proto { tcp, udp } th dport 30080 goto external
          }
          chain external {
            meta mark set mark or 0x4000
            goto endpoint
          }
          chain endpoint {
            IP saddr POD meta mark set mark or 0x4000
            meta l4proto { tcp, udp } dnat to TARGET
          }
          chain nat-prerouting {
            type nat hook prerouting priority -100
            jump services
          }
          chain nat-output {
            type nat hook output priority -100
            jump services
          }
          chain nat-postrouting {
            type nat hook postrouting priority 100
            meta mark and 0x4000 == 0 return
            meta mark set mark xor 0x4000
            masquerade fully-random
          }
        }
        """;

    private const string Iptables = """
        *nat
        :KUBE-SERVICES - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-EXT - [0:0]
        :KUBE-SVC - [0:0]
        :KUBE-SEP - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-POSTROUTING - [0:0]
        -A PREROUTING -j KUBE-SERVICES
        -A OUTPUT -j KUBE-SERVICES
        -A POSTROUTING -j KUBE-POSTROUTING
        -A KUBE-SERVICES -d CLUSTER -p tcp -m tcp --dport 80 -j KUBE-SVC
        -A KUBE-SERVICES -d CLUSTER -p udp -m udp --dport 80 -j KUBE-SVC
        -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        -A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-EXT
        -A KUBE-NODEPORTS -p udp -m udp --dport 30080 -j KUBE-EXT
        -A KUBE-EXT -j KUBE-MARK-MASQ
        -A KUBE-EXT -j KUBE-SVC
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        -A KUBE-SVC -j KUBE-SEP
        -A KUBE-SEP -s POD -j KUBE-MARK-MASQ
        -A KUBE-SEP -p tcp -j DNAT --to-destination TARGET
        -A KUBE-SEP -p udp -j DNAT --to-destination TARGET
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
        -A KUBE-POSTROUTING -j MASQUERADE --random-fully
        COMMIT

        """;

    /// <summary>In both families.</summary>
    public static void ServeThrough(this Host host, ProxyMode mode)
    {
        foreach (var (ip, cluster, node, pod, target) in ((string, string, string, string, string)[])[("ip", ClusterIp, NodeIp, "10.0.0.1", "10.0.0.1:7000"), ("ip6", ClusterIp6, NodeIp6, "fd00::1", "[fd00::1]:7000")])
        {
            if (mode == ProxyMode.Nftables)
                host.Nft(Filled(Nftables));
            else
                host.Node([$"{ip}tables-nft-restore"], Filled(Iptables));

            string Filled(string rules) => rules.Replace("CLUSTER", cluster, StringComparison.Ordinal).Replace("NODE ", $"{node} ", StringComparison.Ordinal).Replace("POD", pod, StringComparison.Ordinal).Replace("TARGET", target, StringComparison.Ordinal).Replace("IP ", $"{ip} ", StringComparison.Ordinal);
        }
    }
}

/// <summary>How kube-proxy is set up.</summary>
public enum ProxyMode
{
    Iptables,
    Nftables,
}
