package dev.runstream.store.redis.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            redis://h                              | redis://h:6379
            redis://h/                             | redis://h:6379
            redis://h:7000/3                       | redis://h:7000/3
            redis://a,b:7001,c                     | redis://a:6379,b:7001,c:6379
            redis://[::1]:7000                     | redis://[::1]:7000
            redis://[fe80::1]                      | redis://[fe80::1]:6379
            rediss://redis.example.org             | rediss://redis.example.org:6379
            redis://:p@h                           | redis://:***@h:6379
            redis://u:p@h?prefix=x:                | redis://u:***@h:6379
            redis+sentinel://a,b:9/m               | redis+sentinel://a:26379,b:9/m
            redis+sentinel://u:p@a/2/m             | redis+sentinel://u:***@a:26379/2/m
            rediss+sentinel://a/m?wait=1           | rediss+sentinel://a:26379/m
            """)
    void readsAnAddressAndWritesItWithoutThePassword(String address, String written) {
        assertThat(RedisAddress.parse(address)).hasToString(written);
    }

    @Test
    void readsEveryPart() {
        RedisAddress it = RedisAddress.parse(
                "rediss+sentinel://us%40er:p%3Aa%2Fs%20s+@a,b:1/4/my%20master?prefix=run%3A&wait=2&sentinel-auth=1"
                        + "&ca=/etc/ca.pem&cert=c.pem&key=k.pem");
        assertThat(it.tls()).isTrue();
        assertThat(it.hosts()).isEqualTo(List.of(new HostPort("a", 26379), new HostPort("b", 1)));
        assertThat(it.database()).isEqualTo(4);
        assertThat(it.sentinelMaster()).contains("my master");
        assertThat(it.user()).contains("us@er");
        assertThat(it.password()).contains("p:a/s s+");
        assertThat(it.prefix()).isEqualTo("run:");
        assertThat(it.waitReplicas()).isEqualTo(2);
        assertThat(it.sentinelAuth()).isTrue();
        assertThat(it.tlsAuthority()).contains(Path.of("/etc/ca.pem"));
        assertThat(it.tlsCertificate()).contains(Path.of("c.pem"));
        assertThat(it.tlsKey()).contains(Path.of("k.pem"));
    }

    @Test
    void hasDefaults() {
        RedisAddress it = RedisAddress.parse("redis://h");
        assertThat(it.tls()).isFalse();
        assertThat(it.user()).isEmpty();
        assertThat(it.password()).isEmpty();
        assertThat(it.sentinelMaster()).isEmpty();
        assertThat(it.database()).isZero();
        assertThat(it.prefix()).isEqualTo("ai:");
        assertThat(it.waitReplicas()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            h:6379                             | redis://
            http://h                           | redis://
            redis:h                            | redis://
            redis://                           | host
            redis://,h                         | host
            redis://a b                        | host
            redis://h:                         | port of h
            redis://h:x                        | port of h
            redis://h:0                        | port of h
            redis://h:70000                    | greater than 65535
            redis://::1                        | brackets
            redis://[::1                       | host
            redis://[::1]7000                  | bracket
            redis://h/x                        | the database
            redis://h/-1                       | the database
            redis://h/1/2                      | only be /database
            redis://h//                        | empty part
            redis://user@h                     | user:password
            redis://user:@h                    | password is empty
            redis://u:%zz@h                    | %
            redis://h#x                        | %23
            redis+sentinel://h                 | master-name
            redis+sentinel://h/1/m/x           | master-name
            redis+sentinel://h/x/m             | the database
            redis://h?color=red                | no option color
            redis://h?prefix                   | no value
            redis://h?prefix=                  | no value
            redis://h?wait=1&wait=2            | twice
            redis://h?wait=many                | wait
            redis://h?prefix=a%20b             | prefix
            redis://h?prefix=%7Ba%7D           | prefix
            redis://h?ca=x.pem                 | rediss
            rediss://h?cert=x.pem              | cert and key
            redis://h?sentinel-auth=1          | sentinel-auth
            redis+sentinel://h/m?sentinel-auth=1 | sentinel-auth
            """)
    void saysWhatIsWrong(String address, String says) {
        assertThatThrownBy(() -> RedisAddress.parse(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the address of Redis is wrong: ")
                .hasMessageContaining(says);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://u:Sesame@h:x",
                "redis://u:Sesame@h/x",
                "redis://u:Sesame@h?color=red",
                "redis://u:Sesame/@h",
                "redis://u:/Sesame@h",
                "redis://u:?Sesame@h",
                "redis://u:x?prefix=Sesame@h",
                "redis://u:#Sesame@h",
                "redis://Sesame@h",
                "redis://:Sesame%@h",
                "redis://u:a@Sesame@h:x",
                "redis://u:Sesame@h,u:Sesame@h",
                "Sesame://h",
                "http://u:Sesame@h",
            })
    void noMessageHoldsThePassword(String address) {
        assertThatThrownBy(() -> RedisAddress.parse(address))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(fault -> assertThat(fault.toString()).doesNotContain("Sesame"));
    }

    @Test
    void noTextOfAnAddressHoldsThePassword() {
        RedisAddress it = RedisAddress.parse("redis://u:Sesame@h");
        assertThat(it.toString() + List.of(it)).doesNotContain("Sesame");
    }
}
