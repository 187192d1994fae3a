// One request with the official common client for Go: action, endpoint, secretId, secretKey, parameters as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

func main() {
	action, endpoint, secretId, secretKey, params := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]
	asked := profile.NewClientProfile()
	asked.HttpProfile.Scheme, asked.HttpProfile.Endpoint, asked.Language = "HTTP", endpoint, "en-US"
	client := common.NewCommonClient(common.NewCredential(secretId, secretKey), "ap-singapore", asked)
	request, response := tchttp.NewCommonRequest("trtc", "2019-07-22", action), tchttp.NewCommonResponse()
	err := request.SetActionParameters(params)
	if err == nil {
		err = client.Send(request, response)
	}
	var answer struct{ Response json.RawMessage }
	switch failure := err.(type) {
	case nil:
		err = json.Unmarshal(response.GetBody(), &answer)
	case *errors.TencentCloudSDKError:
		answer.Response, err = json.Marshal(map[string]any{"Error": map[string]string{"Code": failure.Code}})
	}
	if err != nil {
		panic(err)
	}
	fmt.Println(string(answer.Response))
}
