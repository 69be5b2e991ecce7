/* The floor of row B5: ingress connectivity as a bit matrix over pods, the plain way. It reads a workload that
 * FloorFile.cs resolved to numbers, and prints the milliseconds of each run and the allowed (source, destination) pairs
 * of each port class, a pod and itself left out. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint64_t word;
typedef struct { int count; int *at; } numbers;
typedef struct { int namespace, in_namespaces, pods; } peer;       /* namespace -1: any that in_namespaces selects */
typedef struct { word ports; numbers peers; } rule;
typedef struct { int subject, rule_count; rule *rules; } policy;
typedef struct { numbers labels; int first, pods, policy_count; policy *policies; } space;

static FILE *in;
static int spaces, pods, selectors, peers, classes, words;
static space *space_of;
static numbers *pod_labels, *selector_labels;
static int *pod_space;
static peer *peer_of;

static int next(void) { int n; if (fscanf(in, "%d", &n) != 1) { fprintf(stderr, "the workload ends early\n"); exit(2); } return n; }

static numbers next_numbers(void)
{
    numbers list = { next(), NULL };
    list.at = malloc(sizeof(int) * (list.count + 1));
    for (int i = 0; i < list.count; i++) list.at[i] = next();
    return list;
}

static void read_workload(const char *path)
{
    if (!(in = fopen(path, "r"))) { perror(path); exit(2); }
    classes = next();
    selector_labels = calloc(selectors = next(), sizeof(numbers));
    for (int s = 0; s < selectors; s++) selector_labels[s] = next_numbers();
    peer_of = calloc(peers = next(), sizeof(peer));
    for (int p = 0; p < peers; p++) peer_of[p] = (peer){ next(), next(), next() };
    spaces = next(), pods = next(), words = (pods + 63) / 64;
    space_of = calloc(spaces, sizeof(space)), pod_labels = calloc(pods, sizeof(numbers)), pod_space = calloc(pods, sizeof(int));
    for (int n = 0, pod = 0; n < spaces; n++) {
        space *s = &space_of[n];
        s->labels = next_numbers(), s->first = pod, s->pods = next();
        for (int p = 0; p < s->pods; p++, pod++) pod_labels[pod] = next_numbers(), pod_space[pod] = n;
        s->policies = calloc(s->policy_count = next(), sizeof(policy));
        for (int p = 0; p < s->policy_count; p++) {
            policy *q = &s->policies[p];
            q->subject = next(), q->rules = calloc(q->rule_count = next(), sizeof(rule));
            for (int r = 0; r < q->rule_count; r++) {
                for (int c = next(); c > 0; c--) q->rules[r].ports |= 1ULL << next();
                q->rules[r].peers = next_numbers();
            }
        }
    }
    fclose(in);
}

static int selects(int selector, numbers labels)
{
    for (int s = 0; s < selector_labels[selector].count; s++) {
        int found = 0;
        for (int l = 0; l < labels.count && !found; l++) found = labels.at[l] == selector_labels[selector].at[s];
        if (!found) return 0;
    }
    return 1;
}

/* Selectors are evaluated once, into rows; a destination then joins the rows of its rules' peers, per port class. */
static void compute(uint64_t *pairs, word *matrix)
{
    word *by_pods = calloc((size_t)selectors * words, sizeof(word)), *by_namespaces = calloc((size_t)selectors * words, sizeof(word));
    for (int s = 0; s < selectors; s++)
        for (int n = 0; n < spaces; n++) {
            int in_selected = selects(s, space_of[n].labels);
            for (int p = space_of[n].first; p < space_of[n].first + space_of[n].pods; p++) {
                if (in_selected) by_namespaces[(size_t)s * words + p / 64] |= 1ULL << p % 64;
                if (selects(s, pod_labels[p])) by_pods[(size_t)s * words + p / 64] |= 1ULL << p % 64;
            }
        }

    word *ports_of_peer = calloc(peers, sizeof(word)), *scratch = malloc(sizeof(word) * classes * words);
    int *touched = malloc(sizeof(int) * (peers + 1));
    memset(pairs, 0, sizeof(uint64_t) * classes);
    for (int pod = 0; pod < pods; pod++) {
        space *home = &space_of[pod_space[pod]];
        word *rows = matrix ? matrix + (size_t)pod * classes * words : scratch;
        int isolated = 0, count = 0;
        for (int q = 0; q < home->policy_count; q++) {
            policy *each = &home->policies[q];
            if (!selects(each->subject, pod_labels[pod])) continue;
            isolated = 1;
            for (int r = 0; r < each->rule_count; r++)
                for (int p = 0; p < each->rules[r].peers.count; p++) {
                    int number = each->rules[r].peers.at[p];
                    if (!ports_of_peer[number]) touched[count++] = number;
                    ports_of_peer[number] |= each->rules[r].ports;
                }
        }
        memset(rows, isolated ? 0 : 0xFF, sizeof(word) * classes * words);
        if (!isolated && pods % 64) for (int c = 0; c < classes; c++) rows[(size_t)(c + 1) * words - 1] = (1ULL << pods % 64) - 1;
        for (int t = 0; t < count; t++) {
            peer p = peer_of[touched[t]];
            word *selected = by_pods + (size_t)p.pods * words;
            for (int c = 0; c < classes; c++) {
                word *row = rows + (size_t)c * words;
                if (!(ports_of_peer[touched[t]] >> c & 1)) continue;
                if (p.namespace < 0) {
                    word *around = by_namespaces + (size_t)p.in_namespaces * words;
                    for (int w = 0; w < words; w++) row[w] |= selected[w] & around[w];
                } else {
                    int first = space_of[p.namespace].first, last = first + space_of[p.namespace].pods - 1;
                    for (int w = first / 64; w <= last / 64 && last >= first; w++) {
                        word mask = ~0ULL;
                        if (w == first / 64) mask &= ~0ULL << first % 64;
                        if (w == last / 64) mask &= ~0ULL >> (63 - last % 64);
                        row[w] |= selected[w] & mask;
                    }
                }
            }
            ports_of_peer[touched[t]] = 0;
        }
        for (int c = 0; c < classes; c++) {
            word *row = rows + (size_t)c * words;
            for (int w = 0; w < words; w++) pairs[c] += __builtin_popcountll(row[w]);
            pairs[c] -= row[pod / 64] >> pod % 64 & 1;
        }
    }
    free(by_pods), free(by_namespaces), free(ports_of_peer), free(scratch), free(touched);
}

static double now(void) { struct timespec t; clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); return t.tv_sec * 1e3 + t.tv_nsec / 1e6; }

int main(int argc, char **argv)
{
    if (argc != 3) { fprintf(stderr, "usage: floor <workload> <runs>\n"); return 2; }
    read_workload(argv[1]);
    uint64_t *pairs = calloc(classes, sizeof(uint64_t));
    size_t size = sizeof(word) * (size_t)pods * classes * words;
    for (int run = atoi(argv[2]); run > 0; run--) {
        double start = now();
        word *matrix = size <= 1u << 30 ? malloc(size) : NULL;   /* beyond 1 GiB each row is counted and forgotten */
        compute(pairs, matrix);
        free(matrix);
        printf("ms %.3f\n", now() - start);
    }
    for (int c = 0; c < classes; c++) printf("pairs %lu\n", (unsigned long)pairs[c]);
    return 0;
}
