// One request with the official SDK for Java: action, endpoint, secretId, secretKey, parameters as JSON.
import com.tencentcloudapi.common.AbstractModel;
import com.tencentcloudapi.common.Credential;
import com.tencentcloudapi.common.exception.TencentCloudSDKException;
import com.tencentcloudapi.common.profile.ClientProfile;
import com.tencentcloudapi.common.profile.HttpProfile;
import com.tencentcloudapi.common.profile.Language;
import com.tencentcloudapi.trtc.v20190722.TrtcClient;
import com.tencentcloudapi.trtc.v20190722.models.DescribeWebRecordRequest;
import com.tencentcloudapi.trtc.v20190722.models.StartWebRecordRequest;
import com.tencentcloudapi.trtc.v20190722.models.StopWebRecordRequest;

public class Call {
    public static void main(String[] given) {
        HttpProfile http = new HttpProfile();
        http.setProtocol("http://");
        http.setEndpoint(given[1]);
        ClientProfile profile = new ClientProfile();
        profile.setHttpProfile(http);
        profile.setLanguage(Language.EN_US);
        Credential key = new Credential(given[2], given[3]);
        try {
            AbstractModel answer = call(new TrtcClient(key, "ap-singapore", profile), given[0], given[4]);
            System.out.println(AbstractModel.toJsonString(answer));
        } catch (TencentCloudSDKException error) {
            System.out.println("{\"Error\": {\"Code\": \"" + error.getErrorCode() + "\"}}");
        }
    }

    private static AbstractModel call(TrtcClient client, String action, String params) throws TencentCloudSDKException {
        switch (action) {
            case "StartWebRecord":
                return client.StartWebRecord(AbstractModel.fromJsonString(params, StartWebRecordRequest.class));
            case "DescribeWebRecord":
                return client.DescribeWebRecord(AbstractModel.fromJsonString(params, DescribeWebRecordRequest.class));
            default:
                return client.StopWebRecord(AbstractModel.fromJsonString(params, StopWebRecordRequest.class));
        }
    }
}
