package dev.runstream.bullmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.runstream.core.agent.InvalidInputException;
import dev.runstream.core.testing.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job can be made of, and what is said of the rest. */
class JobRequestTest {
    private static JobRequest parse(String json) {
        return JobRequest.parse(Json.json(json));
    }

    @Test
    void takesAllOptions() {
        JobRequest request = parse("{'data':[1],'name':'n','opts':{'attempts':3,'backoff':500,'delay':10,'priority':2,"
                + "'removeOnComplete':{'age':60,'count':5},'removeOnFail':100,'jobId':'a:b:c'}}");
        assertThat(request.name()).isEqualTo("n");
        assertThat(request.data()).isEqualTo(Json.json("[1]"));
        assertThat(request.attempts()).isEqualTo(3);
        assertThat(request.delayMillis()).isEqualTo(10);
        assertThat(request.priority()).isEqualTo(2);
        assertThat(request.jobId()).contains("a:b:c");
        assertThat(request.opts())
                .isEqualTo(Json.json("{'attempts':3,'backoff':{'type':'fixed','delay':500},'delay':10,'priority':2,"
                        + "'removeOnComplete':{'age':60,'count':5},'removeOnFail':100,'jobId':'a:b:c'}"));
    }

    @Test
    void needsNothingButAName() {
        JobRequest request = parse("{'name':'n'}");
        assertThat(request.data()).isEqualTo(Json.json("{}"));
        assertThat(request.opts()).isEqualTo(Json.json("{}"));
        assertThat(request.attempts()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                       | name: is missing",
                "{'name':''}                              | name: has to be a string that is not empty",
                "{'name':'n','x':1}                       | x: is unknown",
                "{'name':'n','opts':[]}                   | opts: has to be an object",
                "{'name':'n','opts':{'attempts':0}}       | opts.attempts: has to be a whole number from 1 to",
                "{'name':'n','opts':{'attempts':1.5}}     | opts.attempts: has to be a whole number from 1 to",
                "{'name':'n','opts':{'attempts':'3'}}     | opts.attempts: has to be a whole number from 1 to",
                "{'name':'n','opts':{'delay':-1}}         | opts.delay: has to be a whole number from 0 to",
                "{'name':'n','opts':{'priority':2097153}} | opts.priority: has to be a whole number from 0 to 2097152",
                "{'name':'n','opts':{'backoff':'slow'}}   | opts.backoff: has to be a number of milliseconds or",
                "{'name':'n','opts':{'backoff':{'delay':1}}} | opts.backoff.type: has to be",
                "{'name':'n','opts':{'backoff':{'type':'fixed','dely':1}}} | opts.backoff.dely: is unknown",
                "{'name':'n','opts':{'removeOnComplete':'yes'}} | opts.removeOnComplete: has to be true or false",
                "{'name':'n','opts':{'jobId':'12'}}       | opts.jobId: may not be a whole number",
                "{'name':'n','opts':{'jobId':'a:b'}}      | opts.jobId: may have colons only between exactly three",
                "{'name':'n','opts':{'jobId':'limiter'}}  | opts.jobId: may not be the name of one of the queue's own",
                "{'name':'n','opts':{'jobId':'repeat:a:1'}} | opts.jobId: may not be the name of one of the queue's",
                "{'name':'n','opts':{'jobId':'a b'}}      | opts.jobId: has to be a string of",
                "{'name':'n','opts':{'jobId':7}}          | opts.jobId: has to be a string of",
                "{'name':'n','opts':{'repeat':{}}}        | opts.repeat: is unknown; the options are attempts, backoff",
            })
    void saysWhatIsWrongAndWhatWouldBeRight(String input, String complaint) {
        InvalidInputException refused = catchThrowableOfType(InvalidInputException.class, () -> parse(input));
        assertThat(refused).isNotNull();
        assertThat(refused.faults())
                .anySatisfy(fault -> assertThat(fault.toString()).startsWith(complaint));
    }

    @Test
    void tellsOfAllFaultsTogether() {
        InvalidInputException refused = catchThrowableOfType(
                InvalidInputException.class, () -> parse("{'opts':{'attempts':0,'delay':-1,'x':1}}"));
        assertThat(refused.faults()).hasSize(4);
    }
}
