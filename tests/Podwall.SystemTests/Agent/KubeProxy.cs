namespace Podwall.SystemTests.Agent;

/// <summary>What kube-proxy sets up for one service with one pod behind it, in two of its modes: the same hooks, the same order.</summary>
internal static class KubeProxy
{
    public const string ClusterIp = "10.96.0.10", NodeIp = "192.0.2.1";

    private const string Nftables = """
        table ip kube-proxy {
          chain services {
            ip daddr 10.96.0.10 tcp dport 80 goto endpoint
            ip daddr 192.0.2.1 tcp dport 30080 goto external
          }
          chain external {
            meta mark set mark or 0x4000
            goto endpoint
          }
          chain endpoint {
            ip saddr 10.0.0.1 meta mark set mark or 0x4000
            meta l4proto tcp dnat to 10.0.0.1:7000
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
        -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-SVC
        -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        -A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-EXT
        -A KUBE-EXT -j KUBE-MARK-MASQ
        -A KUBE-EXT -j KUBE-SVC
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        -A KUBE-SVC -j KUBE-SEP
        -A KUBE-SEP -s 10.0.0.1/32 -j KUBE-MARK-MASQ
        -A KUBE-SEP -p tcp -j DNAT --to-destination 10.0.0.1:7000
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
        -A KUBE-POSTROUTING -j MASQUERADE --random-fully
        COMMIT

        """;

    public static void ServeThrough(this Host host, ProxyMode mode)
    {
        if (mode == ProxyMode.Nftables)
            host.Nft(Nftables);
        else
            host.Node(["iptables-nft-restore"], Iptables);
    }
}

/// <summary>How kube-proxy is set up.</summary>
public enum ProxyMode
{
    Iptables,
    Nftables,
}
