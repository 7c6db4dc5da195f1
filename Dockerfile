# The image is the binary that `make build` made, and nothing else.
FROM scratch
COPY bin/kassa /kassa
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/kassa"]
CMD ["serve", "--data=/data"]
